/** The file cache of a real Postgres follows the size, and its failures stand in nobody's way (rule R9). */
import { replayEventLog } from '../../adapters/tools/replay';
import { GIB, MIB } from '../../machines/shared/units';
import { nextReply } from '../support/monitor-frames';
import { startTestMonitor, stopMonitors, type RunningMonitor } from '../support/monitor';
import { offerWorkingSet, removeServers, startPostgres, type TestPostgres } from '../support/postgres';
import { RANGE_V1_1 } from '../support/test-agent';

afterEach(async () => {
  await stopMonitors();
  await removeServers();
});

const V1_1 = { range: RANGE_V1_1 };
const SETTINGS = { 'neon.max_file_cache_size': '2GB', 'neon.file_cache_size_limit': '16MB' };

/** neon's formula for a cache in memory: (total − 100 MiB − 640 MiB) / 1.1, in whole MiB. */
const cacheFor = (totalMiB: number): string => `${Math.floor((totalMiB - 100 - 640) / 1.1)}MB`;

const shown = async (server: TestPostgres): Promise<unknown> =>
  (await server.query('SHOW neon.file_cache_size_limit'))[0]?.['neon.file_cache_size_limit'];

const startWith = (server: TestPostgres, options = {}): Promise<RunningMonitor> =>
  startTestMonitor({ options: { pgconnstr: server.dsn, ...options } });

const resizedTo = (running: RunningMonitor, sizeBytes: number): Promise<unknown> =>
  running.first('fileCache.resized', (event) => event.sizeBytes === sizeBytes);

const mib = (text: string): number => Number.parseInt(text, 10) * MIB;

it('fits the VM at start, grows after a grant and shrinks before a downscale is approved', async () => {
  const server = await startPostgres({ settings: SETTINGS });
  const running = await startWith(server);
  await resizedTo(running, mib(cacheFor(1024)));
  expect(await shown(server)).toBe(cacheFor(1024));

  const agent = await running.agent(V1_1);
  agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 4, mem: 2 * GIB } }, id: 2 });
  expect(await nextReply(agent)).toEqual({ type: 'UpscaleConfirmation', id: 2 });
  await resizedTo(running, mib(cacheFor(2048)));
  expect(await shown(server)).toBe(cacheFor(2048));

  agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 3, mem: 1536 * MIB } }, id: 4 });
  expect(await nextReply(agent)).toMatchObject({ type: 'DownscaleResult', id: 4, Ok: true });
  // The answer came after the fact: no waiting here.
  expect(await shown(server)).toBe(cacheFor(1536));
});

/** A monitor that has lost its Postgres. */
const startAndLose = async (options = {}): Promise<{ running: RunningMonitor; server: TestPostgres }> => {
  const server = await startPostgres({ settings: SETTINGS });
  const running = await startWith(server, options);
  await running.first('fileCache.resized');
  await server.stop('fast');
  await running.first('fileCache.lost');
  return { running, server };
};

it('in memory refuses a downscale while Postgres is down, says why, and works again when it is back', async () => {
  const { running, server } = await startAndLose();
  const agent = await running.agent(V1_1);
  agent.send({ type: 'HealthCheck', content: {}, id: 2 });
  expect(await nextReply(agent)).toEqual({ type: 'HealthCheck', id: 2 });
  agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem: 512 * MIB } }, id: 4 });
  const reply = await nextReply(agent);
  expect(reply).toMatchObject({ type: 'DownscaleResult', id: 4, Ok: false });
  expect(reply.Status).toMatch(/^the file cache in memory could not be shrunk: /);

  const again = running.next('fileCache.resized');
  await server.start();
  await again;
  expect(running.monitor.snapshot().regions).toMatchObject({ fileCache: 'ready' });
});

it('on disk does not stand in the way of a downscale', async () => {
  const { running } = await startAndLose({ fileCacheOnDisk: true });
  const agent = await running.agent(V1_1);
  agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem: 512 * MIB } }, id: 4 });
  const reply = await nextReply(agent);
  expect(reply).toMatchObject({ type: 'DownscaleResult', id: 4, Ok: true });
  expect(reply.Status).toMatch(/the file cache on disk was not resized yet: /);
});

it('tells its working set to the policy, off the beat, and the log of it replays', async () => {
  const server = await startPostgres({ settings: SETTINGS });
  // Four GiB in every window: more than the fake VM has.
  await offerWorkingSet(server, String((4 * GIB) / 8192));
  const running = await startWith(server, { policy: 'goal-cu' });
  const { event } = await running.first('workingSet.sampled');
  expect(event.pages).toEqual(Array.from({ length: 60 }, () => (4 * GIB) / 8192));
  const decided = await running.first('size.decided', ({ parts }) => parts['fileCacheCU'] !== undefined);
  expect(decided.event.desired.mem).toBeGreaterThanOrEqual((4 * GIB) / 0.75);
  await running.stop();
  expect(await replayEventLog(running.logDir)).toMatchObject({ divergences: 0, redecided: 0 });
});

it('of a server that does not tell its working set is sized all the same', async () => {
  const server = await startPostgres({ settings: SETTINGS });
  const running = await startWith(server);
  const { event } = await running.first('workingSet.lost');
  expect(event.reason).toMatch(/^this server has no neon\.lfc_approximate_working_set_size_seconds/);
  await resizedTo(running, mib(cacheFor(1024)));
});
