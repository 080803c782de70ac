/** The monitor as a process that dies or hangs while its tripwire stands (rule R3), and the commands beside it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../machines/shared/units';
import { buildOnce, runCommand, startMonitorOn, stopCommands, type RunningCommand } from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import { eventually } from '../support/eventually';
import type { KernelTree } from '../support/fake-kernel-tree';
import { CGROUP_MEMORY, VM_MEMORY } from '../support/kernel-texts';
import { testTree, stopMonitors } from '../support/monitor';

beforeAll(buildOnce, 60_000);

let ramp: NodeJS.Timeout | undefined;

afterEach(async () => {
  clearInterval(ramp);
  await stopCommands();
  await stopMonitors();
  removeTempDirs();
});

const STEP_BYTES = 2 * MIB;
const STEP_MS = 100;

/** 20 MiB/s until the test ends. */
const grow = (tree: KernelTree): void => {
  let grownBytes = 0;
  ramp = setInterval(() => {
    grownBytes += STEP_BYTES;
    tree.setMemAvailableBytes(VM_MEMORY.availableBytes - grownBytes);
    tree.setAnonBytes(CGROUP_MEMORY.anonBytes + grownBytes);
  }, STEP_MS);
};

const highOf = ({ cgroupRoot, cgroup }: KernelTree): string =>
  readFileSync(join(cgroupRoot, cgroup, 'memory.high'), 'utf8').trim();

const untilArmed = (tree: KernelTree): Promise<void> => eventually(() => highOf(tree) !== 'max', true);
const untilFree = (tree: KernelTree): Promise<void> => eventually(() => highOf(tree), 'max');

const startArmed = async (
  ...flags: readonly string[]
): Promise<{ tree: KernelTree; monitor: RunningCommand; port: string }> => {
  const tree = testTree();
  const monitor = startMonitorOn(tree, tempDir(), ...flags);
  const port =
    String((await monitor.line('listening'))['addr'])
      .split(':')
      .at(-1) ?? '';
  grow(tree);
  await untilArmed(tree);
  return { tree, monitor, port };
};

const thaw = (tree: KernelTree) => runCommand(['thaw', '--cgroup', tree.cgroup, '--cgroup-root', tree.cgroupRoot]);

describe('a monitor with its tripwire in place', () => {
  it('that is killed leaves nothing: the watchdog process lifts it', async () => {
    const { tree, monitor } = await startArmed();
    monitor.signal('SIGKILL');
    await monitor.ended;
    await untilFree(tree);
  });

  it('that hangs throttles nobody: the watchdog process lifts it, and the monitor takes that in when it goes on', async () => {
    const { tree, monitor } = await startArmed();
    monitor.signal('SIGSTOP');
    await untilFree(tree);
    monitor.signal('SIGCONT');
    expect(await monitor.line('watchdog lifted limits')).toMatchObject({ level: 'warn' });
    await untilArmed(tree);
  });

  it('ends by SIGTERM with nothing in place, and status 0', async () => {
    const { tree, monitor } = await startArmed();
    monitor.signal('SIGTERM');
    expect(await monitor.ended).toMatchObject({ status: 0 });
    expect(highOf(tree)).toBe('max');
  });

  it('tells vm-monitor status where it stands', async () => {
    const { port } = await startArmed();
    const { status, stdout, stderr } = await runCommand(['status', '--addr', `127.0.0.1:${port}`, '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const report = JSON.parse(stdout) as { limits: { tripwireBytes: unknown }; regions: unknown };
    expect(report.limits.tripwireBytes).toEqual(expect.any(Number));
    expect(report.regions).toMatchObject({ agent: 'listening', throttle: 'observing' });
    const page = await runCommand(['status', '--addr', `127.0.0.1:${port}`]);
    expect(page.stdout).toMatch(/^larger\? /m);
  });
});

describe('vm-monitor thaw', () => {
  it('frees a cgroup whatever set its limits, and says what it did', async () => {
    const tree = testTree();
    tree.set('cgroup/memory.high', `${900 * MIB}\n`);
    tree.set('cgroup/cgroup.freeze', '1\n');
    const { status, stdout } = await thaw(tree);
    expect(status).toBe(0);
    expect(stdout).toMatch(/memory\.high/);
    expect(stdout).toMatch(/cgroup\.freeze/);
    expect(highOf(tree)).toBe('max');
  });

  it('has nothing to do for a cgroup that is gone', async () => {
    const tree = testTree();
    tree.removeCgroup();
    expect(await thaw(tree)).toMatchObject({ status: 0 });
  });
});
