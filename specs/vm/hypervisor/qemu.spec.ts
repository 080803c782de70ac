/**
 * The driver against a real QEMU. There is no guest in it, so memory that is asked for never comes: what a guest
 * without a virtio-mem driver looks like.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hypervisor } from '../../../adapters/agent/hypervisor/hypervisor';
import { openQemu } from '../../../adapters/agent/hypervisor/qemu';
import { GIB, MIB } from '../../../machines/shared/units';
import { leftOf, rightOf } from '../../support/either';
import { type RealQemu, startQemu, virtioMem } from '../../support/real-qemu';
import { askQmp } from '../../support/ask-qmp';

let qemu: RealQemu;
let driver: Hypervisor;
const said: string[] = [];
const say = (line: string): void => void said.push(line);

const open = async (...devices: readonly string[]): Promise<void> => {
  qemu = await startQemu(...devices);
  driver = openQemu({ socketPath: qemu.socketPath, cgroup: null, warn: say });
};

afterEach(async () => {
  await driver.close();
  await qemu.kill();
  said.length = 0;
});

interface MemoryDevice {
  readonly data: { readonly id: string; readonly size: number; readonly 'requested-size': number };
}

/** What QEMU says itself, asked past the driver: [id, requested, size] of each device. */
const asked = async (): Promise<unknown> => {
  await driver.close();
  const devices = (await askQmp(qemu.socketPath, 'query-memory-devices')) as readonly MemoryDevice[];
  return devices.map(({ data }) => [data.id, data['requested-size'], data.size]);
};

describe('a QEMU with one virtio-mem device', () => {
  beforeEach(() => open(...virtioMem('vm0')));

  it('is described by its memory at boot, its largest size and its block', async () => {
    expect(rightOf(await driver.describe())).toEqual({
      min: { cpu: 0.01, mem: 512 * MIB },
      max: { cpu: 4, mem: 1536 * MIB },
      memStepBytes: 2 * MIB,
    });
  });

  it('shows what it has, not what was asked for: no guest takes the memory', async () => {
    expect(await driver.requestMemory(GIB)).toEqual({ _tag: 'Right', right: undefined });
    expect(rightOf(await driver.observed())).toEqual({ cpu: 1, mem: 512 * MIB });
    expect(await asked()).toEqual([['vm0', 512 * MIB, 0]]);
  });

  it('rounds memory up to whole blocks, so that the VM never gets less than was granted', async () => {
    rightOf(await driver.requestMemory(GIB + 1));
    expect(await asked()).toEqual([['vm0', 514 * MIB, 0]]);
  });

  it('refuses memory that the VM cannot have, with the bounds', async () => {
    expect(leftOf(await driver.requestMemory(2 * GIB))).toContain('this VM can have 512 MiB to 1.5 GiB');
    expect(leftOf(await driver.requestMemory(GIB / 4))).toContain('this VM can have 512 MiB to 1.5 GiB');
    expect(await asked()).toEqual([['vm0', 0, 0]]);
  });

  it('plugs vCPUs up to the next whole one, and never unplugs under TCG', async () => {
    rightOf(await driver.requestCpu(2.25));
    expect(rightOf(await driver.observed()).cpu).toBe(3);
    rightOf(await driver.requestCpu(1));
    expect(rightOf(await driver.observed()).cpu).toBe(1);
    rightOf(await driver.requestCpu(4));
    expect(rightOf(await driver.observed()).cpu).toBe(4);
    rightOf(await driver.requestCpu(2));
    // The guest was left to get by with two; all four stay plugged.
    expect(rightOf(await driver.observed()).cpu).toBe(2);
    await driver.close();
    expect(await askQmp(qemu.socketPath, 'query-cpus-fast')).toHaveLength(4);
    expect(qemu.complaints()).toBe('');
  });

  it('goes on from a slot that somebody else has plugged', async () => {
    rightOf(await driver.requestCpu(2));
    await driver.close();
    await askQmp(qemu.socketPath, 'device_add', {
      ...{ driver: 'qemu64-x86_64-cpu', id: 'theirs' },
      ...{ 'socket-id': 0, 'node-id': 0, 'core-id': 3, 'thread-id': 0 },
    });
    driver = openQemu({ socketPath: qemu.socketPath, cgroup: null, warn: say });
    rightOf(await driver.requestCpu(4));
    expect(rightOf(await driver.observed()).cpu).toBe(4);
  });

  it('refuses vCPUs that it has no slots for, and none at all', async () => {
    expect(leftOf(await driver.requestCpu(4.5))).toBe('5 vCPUs were requested, this VM has slots for 4 (-smp maxcpus)');
    expect(leftOf(await driver.requestCpu(0))).toBe('0 vCPUs were requested, expected more than 0');
  });

  it('says once that nothing enforces a fraction from outside', async () => {
    rightOf(await driver.requestCpu(0.5));
    rightOf(await driver.requestCpu(0.25));
    expect(said).toEqual([expect.stringContaining('without --qemu-cgroup')]);
  });

  it('answers calls that come at once one after the other', async () => {
    const calls = await Promise.all([driver.requestCpu(3), driver.requestCpu(3), driver.requestMemory(GIB)]);
    calls.map(rightOf);
    expect(rightOf(await driver.observed()).cpu).toBe(3);
  });

  it('tells every call that QEMU is gone', async () => {
    rightOf(await driver.observed());
    await qemu.kill();
    expect(leftOf(await driver.observed())).toContain(qemu.socketPath);
    expect(leftOf(await driver.requestMemory(GIB))).toContain(qemu.socketPath);
  });

  it('ends a call to a QEMU that is stopped, with the reason', async () => {
    rightOf(await driver.observed());
    qemu.process.kill('SIGSTOP');
    expect(leftOf(await driver.observed())).toMatch(/no answer to query-memory-size-summary within 2000 ms$/);
  });

  it('sets cpu.max where the cgroup of QEMU is named, and shows the smaller of quota and vCPUs', async () => {
    const cgroup = mkdtempSync(join(tmpdir(), 'vm-monitor-cgroup-'));
    writeFileSync(join(cgroup, 'cpu.max'), 'max 100000\n');
    await driver.close();
    driver = openQemu({ socketPath: qemu.socketPath, cgroup, warn: say });
    expect(rightOf(await driver.observed()).cpu).toBe(1);
    rightOf(await driver.requestCpu(2.5));
    expect(rightOf(await driver.observed()).cpu).toBe(2.5);
    rightOf(await driver.requestCpu(0.25));
    expect(rightOf(await driver.observed()).cpu).toBe(0.25);
    rmSync(cgroup, { recursive: true });
    expect(leftOf(await driver.requestCpu(1))).toContain(`${cgroup}/cpu.max: ENOENT`);
  });
});

describe('a QEMU with two virtio-mem devices', () => {
  beforeEach(() => open(...virtioMem('first'), ...virtioMem('second')));

  it('fills the first before the second gets any', async () => {
    rightOf(await driver.requestMemory(2 * GIB));
    expect(await asked()).toEqual([
      ['first', GIB, 0],
      ['second', 512 * MIB, 0],
    ]);
  });

  it('empties the second before the first', async () => {
    rightOf(await driver.requestMemory(2 * GIB));
    rightOf(await driver.requestMemory(GIB));
    expect(await asked()).toEqual([
      ['first', 512 * MIB, 0],
      ['second', 0, 0],
    ]);
  });
});

describe('a QEMU without virtio-mem', () => {
  beforeEach(() =>
    open('-object', 'memory-backend-ram,id=d,size=1G,reserve=off', '-device', 'pc-dimm,memdev=d,id=dimm'),
  );

  it('counts a DIMM as memory at boot and cannot be resized', async () => {
    expect(rightOf(await driver.describe())).toMatchObject({ min: { mem: 1536 * MIB }, max: { mem: 1536 * MIB } });
    expect(rightOf(await driver.observed()).mem).toBe(1536 * MIB);
    expect(leftOf(await driver.requestMemory(2 * GIB))).toContain('this VM can have 1.5 GiB to 1.5 GiB');
  });
});

describe('a virtio-mem device without an id', () => {
  beforeEach(() =>
    open('-object', 'memory-backend-ram,id=m,size=1G,reserve=off', '-device', 'virtio-mem-pci,memdev=m'),
  );

  it('is refused, because it has no path by which to resize it', async () => {
    expect(leftOf(await driver.observed())).toContain('a virtio-mem device has no id');
  });
});
