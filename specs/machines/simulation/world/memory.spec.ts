/** The memory of a modelled VM, against numbers that were measured or that the kernel's sources give. */
import { GuestMemory, type MemoryRules } from '../../../../machines/simulation/world/guest-memory';
import { HotSet } from '../../../../machines/simulation/world/hot-set';
import { MemorySize } from '../../../../machines/simulation/world/memory-size';
import { GIB, MIB } from '../../../../machines/shared/units';

const RULES: MemoryRules = {
  sharedBuffersBytes: 128 * MIB,
  swapBytes: 0,
  kernelRoomBytes: null,
  maxBytes: null,
  highBytes: null,
};

const memoryOf = (gib: number, rules: Partial<MemoryRules> = {}, bootGib = gib): GuestMemory =>
  new GuestMemory(new MemorySize(gib * GIB, bootGib * GIB), { ...RULES, ...rules });

describe('the size', () => {
  it('keeps 1/64 and 64 MiB of what was booted: 24 GiB lack some 424 MiB', () => {
    const { totalBytes } = new MemorySize(24 * GIB, 24 * GIB);
    expect((24 * GIB - totalBytes) / MIB).toBe(24 * 16 + 64);
  });

  it('takes 16 MiB a GiB for what is plugged later, from what is available', () => {
    const memory = memoryOf(4);
    const before = memory.availableBytes;
    memory.plug(8 * GIB);
    expect(memory.size.memmapBytes).toBe(64 * MIB);
    expect(memory.availableBytes - before).toBeLessThan(4 * GIB - 64 * MIB);
    expect(memory.availableBytes - before).toBeGreaterThan(4 * GIB - 80 * MIB);
  });

  it('shrinks in blocks of 128 MiB: first they are not available, then not counted', () => {
    const size = new MemorySize(2 * GIB, 2 * GIB);
    const total = size.totalBytes;
    size.unplug(GIB, 8);
    size.step(0.5, GIB);
    expect([size.isolatedBytes, total - size.totalBytes]).toEqual([128 * MIB, 0]);
    size.step(0.5, GIB);
    expect([size.isolatedBytes, total - size.totalBytes]).toEqual([0, 128 * MIB]);
    size.step(7, 8 * GIB);
    expect([size.sizeBytes, size.isShrinking]).toEqual([GIB, false]);
  });

  it('stops where its pages find no room, after 3 s', () => {
    const size = new MemorySize(2 * GIB, 2 * GIB);
    size.unplug(GIB, 8);
    size.step(1, 200 * MIB);
    expect(size.sizeBytes).toBe(2 * GIB - 128 * MIB);
    size.step(2, 0);
    expect(size.isShrinking).toBe(true);
    size.step(2, 0);
    expect([size.isShrinking, size.sizeBytes]).toEqual([false, 2 * GIB - 128 * MIB]);
  });
});

describe('use', () => {
  it('grows by 4 GiB/s at most, and falls at once', () => {
    const memory = memoryOf(8);
    memory.allocate(4 * GIB, 128 * MIB, 0.1);
    expect(memory.anonBytes).toBeCloseTo(0.4 * GIB, 0);
    memory.allocate(0, 128 * MIB, 0.1);
    expect(memory.anonBytes).toBe(0);
  });

  it('ends in the OOM killer at a MemAvailable of some 40 MiB', () => {
    const memory = memoryOf(1);
    let available = memory.availableBytes;
    let anon = 0;
    while (!memory.allocate(anon, 128 * MIB, 0.1)) {
      available = memory.availableBytes;
      anon += MIB;
    }
    expect(available / MIB).toBeGreaterThan(25);
    expect(available / MIB).toBeLessThan(45);
  });

  it('takes page cache first, what is cold before what is hot, and stalls those who wait for it', () => {
    const memory = memoryOf(4);
    const hot = new HotSet(GIB, 1);
    memory.hotSets.push(hot);
    memory.coldBytes = 2 * GIB;
    memory.allocate(1.5 * GIB, 128 * MIB, 1);
    memory.reclaim(1);
    expect(hot.cachedBytes).toBe(GIB);
    expect(memory.coldBytes).toBeLessThan(1.3 * GIB);
    expect(memory.stalledUs).toBeGreaterThan(0);
    memory.allocate(3 * GIB, 128 * MIB, 1);
    memory.reclaim(1);
    expect(memory.coldBytes).toBe(0);
    expect(hot.cachedBytes).toBeLessThan(GIB);
    expect(memory.anonBytes).toBe(3 * GIB);
  });

  it('swaps where it may, before the OOM killer comes', () => {
    const memory = memoryOf(1, { swapBytes: GIB });
    expect(memory.allocate(1.2 * GIB, 128 * MIB, 1)).toBe(false);
    expect(memory.swappedBytes).toBeGreaterThan(300 * MIB);
    expect(memory.swappedOutBytes).toBe(memory.swappedBytes);
  });

  it('is killed at memory.max of its cgroup, whatever the VM has', () => {
    const memory = memoryOf(8, { maxBytes: GIB });
    expect(memory.allocate(0.7 * GIB, 128 * MIB, 1)).toBe(false);
    expect(memory.allocate(GIB, 128 * MIB, 1)).toBe(true);
    memory.kill();
    expect([memory.oomKills, memory.anonBytes, memory.sharedBytes]).toEqual([1, 0, 128 * MIB]);
  });

  it('grows by a MiB/s above memory.high', () => {
    const memory = memoryOf(8, { highBytes: GIB });
    memory.allocate(2 * GIB, 128 * MIB, 1);
    const held = memory.anonBytes + memory.sharedBytes;
    expect(held).toBeLessThan(GIB);
    memory.allocate(2 * GIB, 128 * MIB, 1);
    memory.allocate(2 * GIB, 128 * MIB, 1);
    expect(memory.anonBytes + memory.sharedBytes - held).toBeLessThan(16 * MIB);
  });
});

describe("the kernel's own zones", () => {
  it('carry the page tables, and the memmap of what is plugged', () => {
    const memory = memoryOf(1, { kernelRoomBytes: 64 * MIB });
    memory.allocate(0.5 * GIB, 128 * MIB, 1);
    expect(memory.kernelRoomBytes).toBe(63 * MIB);
    expect(memory.plug(3 * GIB)).toBe(false);
    expect(memory.kernelRoomBytes).toBe(31 * MIB);
  });

  it('bound what can be plugged: then the OOM killer strikes', () => {
    const memory = memoryOf(1, { kernelRoomBytes: 12 * MIB });
    expect(memory.plug(3 * GIB)).toBe(true);
    expect(memory.size.sizeBytes).toBe(GIB + 6 * 128 * MIB);
  });
});
