/** The order in which limits and the file cache follow a new size. With a real Postgres. */
import type { LoggedEvent } from '../../../machines/monitor/events';
import { GIB, MIB } from '../../../machines/shared/units';
import { GrowingVm } from '../../support/growing-vm';
import { startTestMonitor, stopMonitors, testTree, untilSnapshot, type RunningMonitor } from '../../support/monitor';
import { removeServers, startPostgres } from '../../support/postgres';
import { RANGE_V1_1, type TestAgent } from '../../support/test-agent';
import { expectStory } from './story';

afterEach(async () => {
  await stopMonitors();
  await removeServers();
});

const SETTINGS = { 'neon.max_file_cache_size': '2GB', 'neon.file_cache_size_limit': '16MB' };

interface Room {
  readonly running: RunningMonitor;
  readonly vm: GrowingVm;
  readonly agent: TestAgent;
}

/** A monitor that keeps a hard limit and has sized the cache. */
const open = async (availableBytes: number): Promise<Room> => {
  const server = await startPostgres({ settings: SETTINGS });
  const tree = testTree();
  const vm = new GrowingVm(tree, availableBytes);
  const running = await startTestMonitor({ tree, options: { pgconnstr: server.dsn, hardLimit: true } });
  running.monitor.events.subscribe(({ event }) => {
    if (event.type === 'sample.taken') vm.passes(event.elapsedMs);
  });
  const agent = await running.agent({ range: RANGE_V1_1 });
  await running.first('fileCache.resized');
  await untilSnapshot(running, ({ regions }) => regions['limits'] === 'set');
  return { running, vm, agent };
};

const isStanding = ({ regions }: { regions: Readonly<Record<string, unknown>> }): boolean =>
  regions['tripwire'] === 'armed' && regions['limits'] === 'set';

const heard = ({ events }: RunningMonitor): readonly LoggedEvent[] => events.map(({ event }) => event);

it('on the way up the limits go first, then the file cache grows', async () => {
  const { running, vm, agent } = await open(400 * MIB);
  vm.grows({ bytesPerS: 60 * MIB });
  await untilSnapshot(running, isStanding);
  vm.rests();
  // What is written on account of the growth is written then.
  await running.next('sample.taken');
  await untilSnapshot(running, isStanding);
  const grown = running.next('fileCache.resized');
  agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 4, mem: 2 * GIB } }, id: 2 });
  await grown;
  const story = ['command tripwire.lift', 'command limits.apply max', 'frame UpscaleConfirmation'];
  expectStory(['frame UpscaleNotification', ...story, 'command fileCache.resize', 'fileCache.resized'], heard(running));
});

it('on the way down comes the check, then the file cache, then the limits', async () => {
  const { running, vm, agent } = await open(700 * MIB);
  const asked = running.next('frame.received');
  agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem: 512 * MIB } }, id: 2 });
  await asked;
  await running.first('frame.sent', ({ text }) => text.includes('"DownscaleResult","Ok":true'));
  const followed = running.next('command.issued', ({ command }) => command.type === 'limits.apply');
  vm.plugs(-512 * MIB);
  await followed;
  const story = ['frame DownscaleRequest', 'command fileCache.resize', 'fileCache.resized', 'frame DownscaleResult'];
  expectStory([...story, 'command limits.apply'], heard(running));
});
