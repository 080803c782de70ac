/** The whole monitor and the limits of its cgroup: set late, lifted early, never left behind (rules R3, R4). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CGROUP_MEMORY } from '../support/kernel-texts';
import { MIB } from '../../machines/shared/units';
import { eventually } from '../support/eventually';
import type { KernelTree } from '../support/fake-kernel-tree';
import { startTestMonitor, stopMonitors, testTree, untilSnapshot, type RunningMonitor } from '../support/monitor';
import { startRamp } from '../support/ramp';
import { RANGE_V1_1 } from '../support/test-agent';

afterEach(stopMonitors);

const pathIn = ({ cgroupRoot, cgroup }: KernelTree, file: string): string => join(cgroupRoot, cgroup, file);
const read = (tree: KernelTree, file: string): string => readFileSync(pathIn(tree, file), 'utf8').trim();

/** Until the use of a growing VM has armed the tripwire; the growth goes on. */
const startArmed = async (): Promise<{ running: RunningMonitor; stopRamp: () => void; highBytes: number }> => {
  const running = await startTestMonitor();
  const stopRamp = startRamp(running);
  const { event } = await running.first('tripwire.armed');
  return { running, stopRamp, highBytes: event.highBytes };
};

/** By then a monitor that may write has armed the tripwire. */
const untilGrown = async (running: RunningMonitor): Promise<void> => {
  await untilSnapshot(running, ({ memory }) => memory === 'elevated');
  await running.first('sample.taken', ({ readings }) => (readings.memory?.availableBytes ?? 0) < 620 * MIB);
};

const lastArmedBytes = ({ events }: RunningMonitor): number | undefined =>
  events.flatMap(({ event }) => (event.type === 'tripwire.armed' ? [event.highBytes] : [])).at(-1);

describe('the tripwire', () => {
  it('stands above all that is in use while use grows, and is gone when it does not', async () => {
    const { running, stopRamp, highBytes } = await startArmed();
    expect(highBytes).toBeGreaterThanOrEqual(Number(read(running.tree, 'memory.current')) + 16 * MIB);
    // It moves with the growth: what was told last is what stands there, as soon as no write is under way.
    await eventually(() => read(running.tree, 'memory.high') === String(lastArmedBytes(running)), true);
    stopRamp();
    await running.first('tripwire.lifted');
    expect(read(running.tree, 'memory.high')).toBe('max');
    expect(running.monitor.snapshot().regions).toMatchObject({ tripwire: 'lifted' });
  });

  it('is lifted before anything else when the kernel notifies, and the need is asked for at once', async () => {
    const { running, stopRamp, highBytes } = await startArmed();
    const agent = await running.agent({ range: RANGE_V1_1 });
    stopRamp();
    running.tree.setAnonBytes(CGROUP_MEMORY.anonBytes + highBytes);
    running.tree.setHighEvents(1);
    const { seq } = await running.first('tripwire.tripped');
    expect(read(running.tree, 'memory.high')).toBe('max');
    const reached = await running.first('memory.high.reached');
    expect(reached.seq).toBeGreaterThan(seq);
    await untilSnapshot(running, ({ memory }) => memory === 'critical');
    await running.first('frame.sent', ({ text }) => text.includes('ScaleRequest'));
    await agent.close();
  });

  it('that page cache has reached is lifted all the same, and asks for nothing', async () => {
    const { running, stopRamp } = await startArmed();
    stopRamp();
    const before = running.monitor.snapshot().desired;
    running.tree.setHighEvents(1);
    await running.first('tripwire.tripped');
    await running.first('memory.high.reached');
    expect(running.monitor.snapshot()).toMatchObject({ memory: 'elevated', desired: before });
  });

  it('is not left behind by an orderly end', async () => {
    const { running } = await startArmed();
    await running.stop();
    expect(read(running.tree, 'memory.high')).toBe('max');
  });
});

describe('a limit of somebody else', () => {
  it('is told once and left alone, and no tripwire is put over it', async () => {
    const running = await startTestMonitor();
    running.tree.set('cgroup/memory.high', `${900 * MIB}\n`);
    const { event } = await running.first('limit.foreign');
    expect(event).toMatchObject({ file: 'memory.high', bytes: 900 * MIB });
    const stopRamp = startRamp(running);
    await running.first('tripwire.failed');
    stopRamp();
    expect(read(running.tree, 'memory.high')).toBe(String(900 * MIB));
    expect(running.events.filter(({ event: { type } }) => type === 'limit.foreign')).toHaveLength(1);
  });
});

describe('what a monitor before left', () => {
  it('is undone before this one listens', async () => {
    const tree = testTree();
    tree.set('cgroup/cgroup.freeze', '1\n');
    tree.set('cgroup/memory.high', `${100 * MIB}\n`);
    tree.set('cgroup/memory.max', `${160 * MIB}\n`);
    await startTestMonitor({ tree });
    expect([read(tree, 'cgroup.freeze'), read(tree, 'memory.high'), read(tree, 'memory.max')]).toEqual([
      '0',
      'max',
      'max',
    ]);
  });

  it('may stay when it is not ours and far above all that is in use', async () => {
    const tree = testTree();
    tree.set('cgroup/memory.max', `${900 * MIB}\n`);
    await startTestMonitor({ tree });
    expect(read(tree, 'memory.max')).toBe(String(900 * MIB));
  });
});

describe('a monitor that only observes', () => {
  it('writes nothing, however use grows, and whatever it finds', async () => {
    const tree = testTree();
    tree.set('cgroup/memory.max', `${2000 * MIB}\n`);
    const running = await startTestMonitor({ tree, options: { protect: 'observe' } });
    const stopRamp = startRamp(running);
    await untilGrown(running);
    stopRamp();
    expect([read(tree, 'memory.high'), read(tree, 'memory.max')]).toEqual(['max', String(2000 * MIB)]);
    expect(running.events.filter(({ event: { type } }) => type.startsWith('tripwire.'))).toEqual([]);
  });

  it('is what a monitor becomes that runs in the cgroup that it manages (rule R13)', async () => {
    const tree = testTree();
    tree.set('proc/self/cgroup', `0::/${tree.cgroup}/monitor\n`);
    const running = await startTestMonitor({ tree });
    const stopRamp = startRamp(running);
    await untilGrown(running);
    stopRamp();
    expect(read(tree, 'memory.high')).toBe('max');
    expect(running.monitor.snapshot().regions).toMatchObject({ tripwire: 'absent', throttle: 'observing' });
  });
});
