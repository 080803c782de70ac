import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { left, right } from 'fp-ts/Either';
import { firstValueFrom } from 'rxjs';
import { NO_OWN_LIMITS } from '../../../../adapters/monitor/kernel/cgroup-levels';
import { type KernelSources, openKernelSources } from '../../../../adapters/monitor/kernel/sources';
import { MIB } from '../../../../machines/shared/units';
import { NOT_READ } from '../../../../streams/raw-sample';
import { type KernelTree, createKernelTree } from '../../../support/fake-kernel-tree';
import { CGROUP_MEMORY, memoryEventsText, memoryStatText, procStatText } from '../../../support/kernel-texts';

describe('the kernel sources', () => {
  let tree: KernelTree;
  let sources: KernelSources;
  const open = async (cgroup: string | null): Promise<KernelSources> => {
    sources = await openKernelSources({ procRoot: tree.procRoot, cgroupRoot: tree.cgroupRoot, cgroup });
    return sources;
  };

  beforeEach(() => {
    tree = createKernelTree();
  });
  afterEach(async () => {
    await sources.close();
    tree.dispose();
  });

  it('read everything from the first read on', async () => {
    const raw = (await open(tree.cgroup)).read(0);
    expect(raw.meminfo).toMatchObject({ right: { totalBytes: 1024 * MIB, availableBytes: 700 * MIB } });
    expect(raw.overcommit).toEqual(right(0));
    expect(raw.loadavg).toEqual(right({ load1: 0.48, load5: 0.22 }));
    expect(raw.memoryStat).toMatchObject({ right: { anonBytes: 64 * MIB } });
    expect(raw.memoryHigh).toEqual(right(undefined));
    expect(raw.watch).toEqual(right(true));
    expect(sources.cgroupFound()).toBe(true);
  });

  it('read the fast files each time and the slow ones once a second', async () => {
    await open(tree.cgroup);
    sources.read(0);
    tree.setAnonBytes(100 * MIB);
    tree.set('cgroup/memory.high', '1048576\n');
    tree.set('proc/loadavg', '3.00 1.00 0.50 1/89 5363\n');
    const soon = sources.read(100);
    expect(soon.memoryStat).toMatchObject({ right: { anonBytes: 100 * MIB } });
    expect(soon.memoryHigh).toEqual(right(undefined));
    expect(soon.loadavg).toMatchObject({ right: { load1: 0.48 } });
    const later = sources.read(1000);
    expect(later.memoryHigh).toEqual(right(MIB));
    expect(later.loadavg).toMatchObject({ right: { load1: 3 } });
  });

  it('count the memory of a cgroup beside the managed one, as long as it is there', async () => {
    const beside = join(tree.cgroupRoot, 'vm-monitor-throttle');
    const anonBytes = (): unknown => sources.read(0, { beside, limits: NO_OWN_LIMITS }).memoryStat;
    await open(tree.cgroup);
    expect(anonBytes()).toMatchObject({ right: { anonBytes: 64 * MIB, shmemBytes: 32 * MIB } });
    mkdirSync(beside);
    writeFileSync(
      join(beside, 'memory.stat'),
      memoryStatText({ ...CGROUP_MEMORY, anonBytes: 10 * MIB, shmemBytes: 0 }),
    );
    expect(anonBytes()).toMatchObject({ right: { anonBytes: 74 * MIB, shmemBytes: 32 * MIB } });
    writeFileSync(join(beside, 'memory.stat'), 'nonsense');
    expect(anonBytes()).toMatchObject({ right: { anonBytes: 64 * MIB } });
    expect(sources.read(0).memoryStat).toMatchObject({ right: { anonBytes: 64 * MIB } });
  });

  it('read sums of time on every fifth sample of 100 ms, and lose nothing by it', async () => {
    await open(tree.cgroup);
    const busy = (nowMs: number): unknown => sources.read(nowMs).stat;
    const first = busy(0);
    tree.set('proc/stat', procStatText(9_000));
    expect([busy(100), busy(400)]).toEqual([first, first]);
    expect(busy(500)).not.toEqual(first);
    expect(busy(600)).toEqual(busy(500));
  });

  it("read the cgroup's pressure, and the VM's where the cgroup has none", async () => {
    const own = (await open(tree.cgroup)).read(0);
    expect(own.memoryPressure).toEqual(right({ someUs: 1000, fullUs: 500 }));
    expect(own.vmMemoryPressure).toBe(NOT_READ);
    await sources.close();

    for (const name of ['memory', 'cpu', 'io']) tree.remove(`cgroup/${name}.pressure`);
    const vm = (await open(tree.cgroup)).read(0);
    expect(vm.vmMemoryPressure).toEqual(right({ someUs: 10_000, fullUs: 5_000 }));
  });

  it('take what a kernel does not have for absent, not for broken', async () => {
    tree.remove('cgroup/memory.swap.current');
    tree.remove('cgroup/memory.events.local');
    tree.remove('cgroup/cpu.max');
    tree.remove('cgroup/io.stat');
    const { swapCurrent, localEvents, cpuMax, ioStat } = (await open(tree.cgroup)).read(0);
    expect(swapCurrent).toEqual(right(0));
    expect(localEvents).toEqual(right(undefined));
    expect(cpuMax).toEqual(right(undefined));
    expect(ioStat).toEqual(right({}));
  });

  it('name the file, the line and the fault of a malformed text, and read the others', async () => {
    tree.set('proc/meminfo', 'MemTotal: many kB\n');
    const { meminfo, stat } = (await open(null)).read(0);
    const fault = 'line 1: found "many", expected a whole number from 0';
    expect(meminfo).toEqual(left(`${tree.procRoot}/meminfo ${fault}`));
    expect(stat).toMatchObject({ _tag: 'Right' });
  });

  it('work without a cgroup', async () => {
    const { meminfo, memoryStat } = (await open(null)).read(0);
    expect(meminfo).toMatchObject({ _tag: 'Right' });
    expect(memoryStat).toEqual(left('no cgroup is named'));
    expect(sources.cgroupFound()).toBe(false);
  });

  it('describe what is present and what is missing', async () => {
    tree.remove('proc/schedstat');
    const lines = (await open(tree.cgroup)).describe();
    expect(lines).toContain('cgroup.memory: present');
    expect(lines).toContain('proc.pressure: not needed, the cgroup has its own');
    const why = `${tree.procRoot}/schedstat: ENOENT: no such file or directory`;
    expect(lines).toContain(`proc.schedstat: missing (${why})`);
    expect(lines).toHaveLength(12);
  });

  it('refuse a cgroup outside of the root', async () => {
    await open(null);
    const options = { procRoot: tree.procRoot, cgroupRoot: tree.cgroupRoot, cgroup: '../etc' };
    await expect(openKernelSources(options)).rejects.toThrow('contains ".."');
  });

  it.each(['memory.events.local', 'memory.events'])('tell of a change of %s', async (file) => {
    if (file === 'memory.events') tree.remove('cgroup/memory.events.local');
    await open(tree.cgroup);
    const notified = firstValueFrom(sources.notifications);
    tree.set(`cgroup/${file}`, memoryEventsText(3));
    await notified;
    expect(sources.read(0).memoryEvents).toMatchObject({ _tag: 'Right' });
  });

  it('say that nothing is watched where there are no events', async () => {
    tree.remove('cgroup/memory.events.local');
    tree.remove('cgroup/memory.events');
    const { watch } = (await open(tree.cgroup)).read(0);
    expect(watch).toMatchObject({ left: expect.stringContaining('ENOENT') as string });
  });
});
