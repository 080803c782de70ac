/** `vm-monitor agent` and `vm-monitor run` as processes of their own, over real sockets; the VMs are only numbers. */
import { GIB, MIB } from '../../machines/units';
import {
  buildOnce,
  runCommand,
  startCommand,
  startMonitorOn,
  stopCommands,
  type RunningCommand,
} from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import type { KernelTree } from '../support/fake-kernel-tree';
import { stopMonitors, testTree } from '../support/monitor';

jest.setTimeout(60_000);
beforeAll(() => {
  buildOnce();
}, 60_000);
afterEach(async () => {
  await stopCommands();
  await stopMonitors();
  removeTempDirs();
});

interface Vm {
  readonly tree: KernelTree;
  readonly monitor: RunningCommand;
  readonly url: string;
}

/** A VM of 2 vCPUs and 1 GiB whose monitor believes the agent about sizes. */
const startVm = async (): Promise<Vm> => {
  const tree = testTree();
  const monitor = startMonitorOn(tree, tempDir(), '--size-from', 'agent', '--log-format', 'json');
  const url = `ws://${String((await monitor.line('listening'))['addr'])}/monitor`;
  return { tree, monitor, url };
};

const startAgent = (log: string, urls: readonly string[], ...args: readonly string[]): RunningCommand =>
  startCommand([
    'agent',
    ...urls.flatMap((url, index) => ['--monitor', url, '--vm', `vm${index + 1}`]),
    ...['--compute-unit', '1,512MiB', '--initial-size', '2,1GiB', '--max-size', '8,4GiB'],
    ...['--event-log', log, '--log-format', 'json'],
    ...args,
  ]);

const expectReplays = async (log: string): Promise<void> => {
  const { status, stdout, stderr } = await runCommand(['replay', log]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/, 0 divergences\n$/);
};

it('grants what a monitor wishes, tells it, and leaves a log that replays', async () => {
  const { tree, monitor, url } = await startVm();
  const log = tempDir();
  const agent = startAgent(log, [url]);
  await agent.line('vm1: connected to the monitor, protocol 1.1');
  await monitor.line(/^the agent says: granted 2 vCPU, 1 GiB/);
  tree.setMemAvailableBytes(100 * MIB);
  await agent.line(/^vm1: decided 3 vCPU, 1.5 GiB: the monitor wishes/);
  await agent.line(/^vm1: granted 3 vCPU, 1.5 GiB/);
  await monitor.line(/^granted 3 vCPU, 1.5 GiB/);
  agent.signal('SIGTERM');
  expect(await agent.ended).toMatchObject({ status: 0, stderr: '' });
  await expectReplays(log);
});

it('killed and started again, gives what was wished, from its log', async () => {
  const { tree, monitor, url } = await startVm();
  const log = tempDir();
  const first = startAgent(log, [url]);
  tree.setMemAvailableBytes(100 * MIB);
  await monitor.line(/^granted 3 vCPU, 1.5 GiB/);
  first.signal('SIGKILL');
  await first.ended;
  await monitor.line(/^agent lost/);
  const second = startAgent(log, [url]);
  await monitor.line(/^the agent says: granted/);
  await second.line(/^vm1: granted 3 vCPU, 1.5 GiB/);
  second.signal('SIGTERM');
  await second.ended;
  await expectReplays(log);
});

it('shares a capacity between two VMs: part for the second, the rest when the first shrinks', async () => {
  const [one, two] = [await startVm(), await startVm()];
  const log = tempDir();
  const agent = startAgent(log, [one.url, two.url], '--capacity', '5,2560MiB');
  await one.monitor.line(/^the agent says: granted 2 vCPU, 1 GiB/);
  await two.monitor.line(/^the agent says: granted 2 vCPU, 1 GiB/);
  one.tree.setMemAvailableBytes(100 * MIB);
  await one.monitor.line(/^granted 3 vCPU, 1.5 GiB/);
  two.tree.setMemAvailableBytes(100 * MIB);
  await agent.line(/^vm2: denied: .*the host has 0 vCPU, 0 B left/);
  await two.monitor.line(/^denied 3 vCPU, 1.5 GiB/);
  one.monitor.signal('SIGTERM');
  await agent.line(/^vm1: monitor lost/);
  agent.signal('SIGTERM');
  expect(await agent.ended).toMatchObject({ status: 0 });
  await expectReplays(log);
});

it.each([
  [[], '--monitor: expected at least one, such as ws://127.0.0.1:10301/monitor'],
  [
    ['--monitor', 'http://x'],
    '--monitor "http://x": expected a websocket address such as ws://127.0.0.1:10301/monitor',
  ],
  [
    ['--monitor', 'ws://x:1/monitor'],
    'maxSize of x:1: expected a size (or --capacity), for without a hypervisor nothing bounds it',
  ],
  [['--capacity', 'all'], '--capacity "all": expected CPU,MEM'],
])('%j is refused with status 2 and one line', async (args, message) => {
  const { status, stderr } = await runCommand(['agent', ...args]);
  expect(status).toBe(2);
  expect(stderr).toContain(`vm-monitor agent: ${message}`);
});

it('a token that cannot be read ends it with status 1', async () => {
  const args = ['--monitor', 'ws://127.0.0.1:1/monitor', '--capacity', `1,${GIB}`, '--token-file', '/nowhere'];
  const { status, stdout } = await runCommand(['agent', ...args, '--event-log', 'none', '--log-format', 'json']);
  expect(status).toBe(1);
  expect(stdout).toContain('tokenFile /nowhere: cannot be read (ENOENT)');
});
