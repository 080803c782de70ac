/**
 * A real Postgres beside the monitor: how soon its file cache follows a grant, and that one which takes
 * everything and answers nothing (a black hole) changes nothing in beats, health checks and requests.
 */
import { filter, firstValueFrom } from 'rxjs';
import { startMonitor, type Monitor, type MonitorOptions } from '../../adapters/embedding/start-monitor';
import type { Envelope } from '../../machines/monitor/events/logged';
import { GIB, SECOND_MS } from '../../machines/shared/units';
import { tempDir } from '../support/event-log';
import { createKernelTree } from '../support/fake-kernel-tree';
import { procStatText } from '../support/kernel-texts';
import { removeServers, startPostgres, startProxy, stopProxies, type TestPostgres } from '../support/postgres';
import { RANGE_V1_1, connectAgent, type TestAgent } from '../support/test-agent';
import { digits, distributionOf, resolution } from './figures';
import { latenciesOf, SAMPLE } from './latency';
import { atMost, figureOnly, type Bench, type Row } from './row';

const GRANTS = 50;
const TARGET_FOLLOW_MS = 50;
const HEALTH_CHECKS = 100;
/** How long beats are watched; long enough for the hole to meet every deadline and retry of the file cache. */
const WATCH_MS = 20 * SECOND_MS;
const SETTINGS = { 'neon.max_file_cache_size': '16GB', 'neon.file_cache_size_limit': '16MB' };

interface Running {
  readonly monitor: Monitor;
  readonly agent: TestAgent;
  readonly stop: () => Promise<void>;
}

/** More tasks than a calm VM has: ten beats a second. */
const BUSY_PROCS = 5;

const start = async (more: MonitorOptions): Promise<Running> => {
  const tree = createKernelTree();
  tree.set('proc/stat', procStatText(0, BUSY_PROCS));
  const { cgroup, cgroupRoot, procRoot } = tree;
  const leave = new AbortController();
  const options = { addr: '127.0.0.1:0', cgroup, cgroupRoot, procRoot, eventLog: tempDir(), ...more };
  const monitor = await startMonitor(options, leave.signal);
  const agent = await connectAgent(`ws://${String(monitor.address)}/monitor`, { range: RANGE_V1_1 });
  const stop = async (): Promise<void> => {
    leave.abort();
    await monitor.done;
    tree.dispose();
  };
  return { monitor, agent, stop };
};

const resized = (monitor: Monitor): Promise<Envelope> =>
  firstValueFrom(monitor.events.pipe(filter(({ event }) => event.type === 'fileCache.resized')));

/** From the sending of an UpscaleNotification until Postgres shows the new size and the monitor knows. */
const followRow = async (server: TestPostgres): Promise<Row> => {
  const { monitor, agent, stop } = await start({ pgconnstr: server.dsn });
  await resized(monitor);
  const took: number[] = [];
  for (let grant = 1; grant <= GRANTS; grant += 1) {
    // Never twice the same: what stays is not resized.
    const mem = (2 + 2 * (grant % 2) + Math.floor(grant / 10)) * GIB;
    const followed = resized(monitor);
    const begunAt = performance.now();
    agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 1, mem } }, id: 2 * grant });
    await followed;
    took.push(performance.now() - begunAt);
  }
  await stop();
  const distribution = distributionOf(took);
  return atMost(TARGET_FOLLOW_MS, {
    name: 'UpscaleNotification → file cache resized, median',
    value: distribution.median,
    unit: 'ms',
    notes: [`${resolution(distribution, 'ms')}; with reload and read-back of a real PostgreSQL`],
  });
};

/** Until the answer to a HealthCheck is there. */
const healthCheckMs = async ({ agent }: Running, id: number): Promise<number> => {
  const begunAt = performance.now();
  agent.send({ type: 'HealthCheck', content: {}, id });
  for (;;) {
    const text = await agent.next();
    if (text.includes('"HealthCheck"')) return performance.now() - begunAt;
  }
};

interface Calm {
  readonly healthMs: number;
  /** The most that a beat of 100 ms came late. */
  readonly latestMs: number;
  readonly skippedSamples: number;
}

const watchCalm = async (options: MonitorOptions): Promise<Calm> => {
  const running = await start(options);
  const late: number[] = [];
  let skippedSamples = 0;
  const samples = running.monitor.events.subscribe(({ event }) => {
    if (event.type !== 'sample.taken') return;
    // Since the last look; one that showed nothing new was not told.
    const sinceLookMs = event.elapsedMs - (event.unchangedMs ?? 0);
    late.push(Math.max(0, sinceLookMs - running.monitor.snapshot().samplingIntervalMs));
    skippedSamples += event.skippedSamples;
  });
  const health: number[] = [];
  for (let check = 1; check <= HEALTH_CHECKS; check += 1) {
    health.push(await healthCheckMs(running, 2 * check));
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS / HEALTH_CHECKS));
  }
  samples.unsubscribe();
  await running.stop();
  return { healthMs: distributionOf(health).median, latestMs: distributionOf(late).p99, skippedSamples };
};

/** Two sides, measured in one run; a ratio near 1 says that the hole changes nothing. */
const sideBySide = (name: string, unit: string, [hole, none]: readonly [number, number]): Row =>
  figureOnly({
    name,
    value: hole / none,
    unit: '× (black hole ÷ no Postgres)',
    notes: [`${digits(hole)} ${unit} beside a black hole, ${digits(none)} ${unit} without Postgres`],
  });

const median = (latencies: readonly { readonly toSocket: number }[]): number =>
  distributionOf(latencies.map(({ toSocket }) => toSocket)).median;

const blackHoleRows = async (server: TestPostgres): Promise<readonly Row[]> => {
  const proxy = await startProxy(server.port);
  proxy.swallow();
  const hole = { pgconnstr: `postgres://postgres@127.0.0.1:${proxy.port}/postgres` };
  const [besideHole, without] = await Promise.all([watchCalm(hole), watchCalm({})]);
  const [requestsBesideHole = [], requestsWithout = []] = await latenciesOf(SAMPLE, hole, {});
  return [
    sideBySide('sample with a shortage → request, median', 'ms', [median(requestsBesideHole), median(requestsWithout)]),
    sideBySide('health check answered, median', 'ms', [besideHole.healthMs, without.healthMs]),
    figureOnly({
      name: 'samples left out beside a black hole',
      value: besideHole.skippedSamples,
      unit: `(${without.skippedSamples} without Postgres)`,
      notes: [`p99 of lateness: ${digits(besideHole.latestMs)} ms, without Postgres ${digits(without.latestMs)} ms`],
    }),
  ];
};

export const postgres: Bench = async () => {
  const server = await startPostgres({ settings: SETTINGS });
  try {
    return [await followRow(server), ...(await blackHoleRows(server))];
  } finally {
    await stopProxies();
    await removeServers();
  }
};
