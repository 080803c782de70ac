/**
 * `vm-monitor agent` and `vm-monitor run` as processes of their own, with a proxy between them that loses frames: the
 * sizes converge all the same.
 */
import { StatusReport } from '../../adapters/monitor/status/report';
import type { Size } from '../../machines/shared/events/size';
import { MIB } from '../../machines/shared/units';
import { rightOf } from '../support/either';
import {
  buildOnce,
  runCommand,
  startCommand,
  startMonitorOn,
  stopCommands,
  type RunningCommand,
} from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import { eventually } from '../support/eventually';
import { startFrameProxy, type FrameProxy, type Losses } from '../support/frame-proxy';
import { stopMonitors, testTree } from '../support/monitor';

/** A size is held for half a minute before a smaller one is wished; a request without an answer is repeated after 8 s. */
jest.setTimeout(120_000);
beforeAll(() => {
  buildOnce();
}, 60_000);

let proxy: FrameProxy;
afterEach(async () => {
  await stopCommands();
  await stopMonitors();
  await proxy.stop();
  removeTempDirs();
});

interface Ends {
  /** Of the monitor. */
  readonly addr: string;
  readonly monitor: RunningCommand;
  readonly agent: RunningCommand;
  readonly logs: readonly string[];
}

/** A VM of this size and with so much available, whose monitor believes the agent about sizes. */
const startEnds = async (
  size: string,
  availableMib: number,
  losses: Losses,
  flags: readonly string[] = [],
): Promise<Ends> => {
  const tree = testTree();
  tree.setMemAvailableBytes(availableMib * MIB);
  const [ofMonitor, ofAgent] = [tempDir(), tempDir()];
  const monitor = startMonitorOn(tree, ofMonitor, '--size-from', 'agent', '--log-format', 'json', ...flags);
  const addr = String((await monitor.line('listening'))['addr']);
  proxy = await startFrameProxy(`ws://${addr}/monitor`, losses);
  const agent = startCommand([
    ...['agent', '--monitor', proxy.url, '--vm', 'vm'],
    ...['--compute-unit', '1,512MiB', '--initial-size', size, '--max-size', '8,4GiB'],
    ...['--event-log', ofAgent, '--log-format', 'json'],
  ]);
  return { addr, monitor, agent, logs: [ofMonitor, ofAgent] };
};

const stopAndReplay = async ({ monitor, agent, logs }: Ends): Promise<void> => {
  for (const end of [agent, monitor]) {
    end.signal('SIGTERM');
    expect(await end.ended).toMatchObject({ status: 0 });
  }
  for (const log of logs) expect((await runCommand(['replay', log])).stdout).toMatch(/, 0 divergences\n$/);
};

/** What the monitor holds to be granted. */
const grantedTo = async ({ addr }: Ends): Promise<Size | null> => {
  const { stdout } = await runCommand(['status', '--addr', addr, '--json']);
  return rightOf(StatusReport.decode(JSON.parse(stdout))).size.granted;
};

it('on the way up: wishes, grants and their confirmations', async () => {
  const ends = await startEnds('2,1GiB', 100, { ScaleRequest: 2, UpscaleNotification: 2, UpscaleConfirmation: 1 });
  await ends.agent.line('granted', { vm: 'vm', granted: { cpu: 3, mem: 1536 * MIB } });
  await eventually(() => grantedTo(ends), { cpu: 3, mem: 1536 * MIB });
  await eventually(
    () => [...proxy.lost()].sort(),
    [...['ScaleRequest', 'ScaleRequest', 'UpscaleConfirmation', 'UpscaleNotification', 'UpscaleNotification']],
  );
  await stopAndReplay(ends);
});

it('on the way down: a request and the answer to one', async () => {
  // headroom looks on for five minutes before it requests less.
  const flags = ['--policy', 'sliding-max'];
  const ends = await startEnds('4,2GiB', 700, { DownscaleRequest: 1, DownscaleResult: 1 }, flags);
  await ends.agent.line('requesting memory', { vm: 'vm', totalBytes: 512 * MIB });
  await ends.agent.line('requesting CPUs', { vm: 'vm', vcpus: 1 });
  await eventually(() => grantedTo(ends), { cpu: 1, mem: 512 * MIB });
  expect(proxy.lost()).toEqual(['DownscaleRequest', 'DownscaleResult']);
  await stopAndReplay(ends);
});
