/** `vm-monitor agent` and `vm-monitor run` as processes of their own, over real sockets; the VMs are only numbers. */
import { GIB, MIB } from '../../machines/shared/units';
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
import { startFakeMonitor } from '../support/fake-monitor';
import { stopMonitors, testTree } from '../support/monitor';

jest.setTimeout(30_000);
beforeAll(() => {
  buildOnce();
}, 60_000);
afterEach(async () => {
  await stopCommands();
  await stopMonitors();
  removeTempDirs();
});

const GRANTED = { cpu: 3, mem: 1536 * MIB };

/** MemAvailable by which a VM of 1 GiB wishes for half a GiB more. */
const SHORT_BYTES = 100 * MIB;

interface Vm {
  readonly tree: KernelTree;
  readonly monitor: RunningCommand;
  readonly url: string;
}

/** A VM of 2 vCPUs and 1 GiB whose monitor believes the agent about sizes. */
const startVm = async (availableBytes = 700 * MIB): Promise<Vm> => {
  const tree = testTree();
  tree.setMemAvailableBytes(availableBytes);
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
  const { monitor, url } = await startVm(SHORT_BYTES);
  const log = tempDir();
  const agent = startAgent(log, [url]);
  await agent.line('monitor connected', { vm: 'vm1', version: '1.1' });
  await monitor.line('VM info', { granted: { cpu: 2, mem: 1024 * MIB } });
  await agent.line('decided', { vm: 'vm1', target: GRANTED, reason: /^the monitor requests/ });
  await agent.line('granted', { vm: 'vm1', granted: GRANTED });
  await monitor.line('granted', { granted: GRANTED });
  agent.signal('SIGTERM');
  expect(await agent.ended).toMatchObject({ status: 0, stderr: '' });
  await expectReplays(log);
});

it('killed and started again, begins with the size that its log says, not with the initial one', async () => {
  const { monitor, url } = await startVm(SHORT_BYTES);
  const log = tempDir();
  const first = startAgent(log, [url]);
  await monitor.line('granted', { granted: GRANTED });
  first.signal('SIGKILL');
  await first.ended;
  await monitor.line('agent lost');
  const second = startAgent(log, [url]);
  await monitor.line('VM info', { granted: GRANTED });
  second.signal('SIGTERM');
  await second.ended;
  await expectReplays(log);
});

it('shares a capacity between two VMs: nothing for the second until the first shrinks', async () => {
  // The first monitor is played, for a real one looks on for ten minutes before it wishes less.
  const one = await startFakeMonitor();
  const two = await startVm();
  const log = tempDir();
  const agent = startAgent(log, [one.url, two.url], '--capacity', '5,2560MiB');
  const side = await one.acceptAgent();
  const [small, large] = [
    { cpu: 1, mem: 512 * MIB },
    { cpu: 3, mem: 1536 * MIB },
  ];
  expect(await side.next()).toMatchObject({ type: 'VmInfo' });
  await two.monitor.line('VM info', { granted: { cpu: 2, mem: 1024 * MIB } });
  side.send({ type: 'ScaleRequest', target: large, id: 3 });
  for (let told: unknown = null; JSON.stringify(told) !== JSON.stringify(large);) {
    const { type, id, content } = await side.next();
    expect(type).toBe('UpscaleNotification');
    side.send({ type: 'UpscaleConfirmation', id });
    told = 'granted' in content ? content.granted : null;
  }
  two.tree.setMemAvailableBytes(100 * MIB);
  await two.monitor.line('denied', { reason: /the host has 0 vCPU, 0 B left/ });
  side.send({ type: 'ScaleRequest', target: small, id: 5 });
  const { type, id } = await side.next();
  expect(type).toBe('DownscaleRequest');
  side.send({ type: 'DownscaleResult', Ok: true, Status: 'there is room', id });
  await two.monitor.line('granted', { granted: large });
  agent.signal('SIGTERM');
  expect(await agent.ended).toMatchObject({ status: 0, stderr: '' });
  await one.stop();
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
