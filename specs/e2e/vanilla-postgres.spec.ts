/** A Postgres without neon's settings: it has no file cache to size, which is no failure and in nobody's way. */
import { replayEventLog } from '../../adapters/tools/replay';
import { MIB } from '../../machines/shared/units';
import { buildOnce, connectTo, startMonitorOn, stopCommands } from '../support/command';
import { tempDir } from '../support/event-log';
import { startTestMonitor, stopMonitors, testTree, type RunningMonitor } from '../support/monitor';
import { nextReply } from '../support/monitor-frames';
import { removeServers, startPostgres, startProxy, stopProxies, type TestPostgres } from '../support/postgres';
import { RANGE_V1_1, type TestAgent } from '../support/test-agent';

beforeAll(buildOnce, 60_000);
afterEach(async () => {
  await stopCommands();
  await stopMonitors();
  await stopProxies();
  await removeServers();
});

const REASON = 'this server does not have the setting neon.file_cache_size_limit';

/** Past the first two tries of the back-off for failures, after 1 and 2 s more. */
const WATCHED_MS = 3_500;

const startVanilla = (): Promise<TestPostgres> => startPostgres({ stub: 'none', settings: {} });

const askToShrink = (agent: TestAgent): Promise<unknown> => {
  agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem: 512 * MIB } }, id: 4 });
  return nextReply(agent);
};

/** Resolves when the monitor's own clock has passed `at`. */
const untilPast = async (running: RunningMonitor, at: number): Promise<void> => {
  while ((await running.next('sample.taken')).at < at);
};

it('is one event and one connection, approves a shrink that fits, and its log replays', async () => {
  const server = await startVanilla();
  const proxy = await startProxy(server.port);
  const running = await startTestMonitor({
    options: { pgconnstr: `postgresql://postgres@127.0.0.1:${proxy.port}/postgres` },
  });
  const { event, at } = await running.first('fileCache.notOffered');
  expect(event.reason).toBe(REASON);
  expect(await askToShrink(await running.agent({ range: RANGE_V1_1 }))).toMatchObject({ id: 4, Ok: true });
  await untilPast(running, at + WATCHED_MS);
  expect(proxy.taken()).toBe(1);
  expect(running.monitor.snapshot().regions).toMatchObject({ fileCache: 'vanilla' });
  // None stays open: it would take a slot of max_connections and hold up a smart shutdown for nothing.
  expect(await server.query(`SELECT FROM pg_stat_activity WHERE application_name = 'vm-monitor'`)).toEqual([]);
  const told = running.events.map(({ event: { type } }) => type).filter((type) => type.startsWith('fileCache.'));
  expect(told).toEqual(['fileCache.notOffered']);
  await running.stop();
  expect(await replayEventLog(running.logDir)).toMatchObject({ divergences: 0, redecided: 0 });
});

it('answers a request that comes before the server has answered as soon as it has', async () => {
  const server = await startVanilla();
  server.signal('SIGSTOP');
  const running = await startTestMonitor({ options: { pgconnstr: server.dsn } });
  const agent = await running.agent({ range: RANGE_V1_1 });
  const reply = askToShrink(agent);
  await running.first('frame.received', ({ text }) => text.includes('DownscaleRequest'));
  expect(running.monitor.snapshot().regions).toMatchObject({ fileCache: 'connecting', downscale: 'shrinkingCache' });
  server.signal('SIGCONT');
  expect(await reply).toMatchObject({ id: 4, Ok: true });
  await running.first('fileCache.notOffered');
});

it('as a process says it in one line of level info', async () => {
  const server = await startVanilla();
  const command = startMonitorOn(testTree(), tempDir(), '--pgconnstr', server.dsn);
  const agent = await connectTo(command);
  expect(await command.line('file cache not offered', { reason: /neon\.file_cache_size_limit/ })).toMatchObject({
    level: 'info',
  });
  expect(await askToShrink(agent)).toMatchObject({ id: 4, Ok: true });
  command.signal('SIGTERM');
  const { status, stdout } = await command.ended;
  expect(status).toBe(0);
  expect(stdout.match(/neon\.file_cache_size_limit/g)).toHaveLength(1);
});
