/**
 * Anonymous memory of the process that an operator starts: fresh, on a full log, after a flood of requests, beside a
 * Postgres. All run side by side, calm, each with an agent. Half an hour beside a Postgres is made in a minute.
 */
import { setTimeout as after } from 'node:timers/promises';
import * as t from 'io-ts';
import { GIB, SECOND_MS } from '../../machines/shared/units';
import { tempDir } from '../support/event-log';
import { createKernelTree, type KernelTree } from '../support/fake-kernel-tree';
import { flood, REQUESTS_A_ROUND } from '../support/flood';
import { removeServers, startPostgres, type TestPostgres } from '../support/postgres';
import { RANGE_V1_1, connectAgent, type TestAgent } from '../support/test-agent';
import { calmProc } from './calm-proc';
import { requireFreshBundle, startChildMonitor, STARTED, type ChildMonitor } from './child-monitor';
import { digits } from './figures';
import { mostResidentMib, rssAnonMib } from './process-cost';
import { copyOf, fullLog } from './recovery';
import { atMost, figureOnly, type Bench, type Row } from './row';

const IDLE_MS = 60 * SECOND_MS;
/** Longer than the monitor's looks at its heap are apart. */
const SETTLE_MS = 130 * SECOND_MS;
const ROUNDS = 1_334;
const TARGET_IDLE_MIB = 13;
const TARGET_MORE_MIB = 2;
const TARGET_MOST_MIB = 70;
/** In half an hour of calm the file cache looks 120 times for the working set and renews its connection 60 times. */
const RENEWALS = 60;
const RESIZES_A_RENEWAL = 2;
const RENEWAL_MS = SECOND_MS;
const SETTINGS = { 'neon.max_file_cache_size': '16GB', 'neon.file_cache_size_limit': '16MB' };

interface Subject {
  readonly monitor: ChildMonitor;
  readonly agent: TestAgent;
  readonly tree: KernelTree;
}

const start = async (
  logDir: string,
  flags: readonly string[] = [],
  started: readonly [string, ...string[]] = STARTED.byItself,
): Promise<Subject> => {
  const tree = createKernelTree();
  const cgroup = ['--cgroup', tree.cgroup, '--cgroup-root', tree.cgroupRoot, '--proc-root', calmProc()];
  const monitor = await startChildMonitor([...cgroup, '--independent', '--event-log', logDir, ...flags], started);
  return { monitor, agent: await connectAgent(monitor.url, { range: RANGE_V1_1 }), tree };
};

const stop = async ({ monitor, agent, tree }: Subject): Promise<void> => {
  await agent.close();
  await monitor.stop();
  tree.dispose();
};

const Wish = t.type({ type: t.literal('ScaleRequest'), target: t.type({ cpu: t.number, mem: t.number }) });

/** Grants every wish from now on, so that the monitor comes to rest. */
const grantWishes = ({ agent }: Subject): void => {
  agent.socket.on('message', (data) => {
    if (!Buffer.isBuffer(data)) return;
    const requested: unknown = JSON.parse(data.toString());
    if (Wish.is(requested)) agent.send({ type: 'UpscaleNotification', content: { granted: requested.target }, id: 2 });
  });
  agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 1, mem: 3 * GIB } }, id: 2 });
};

const anonMib = ({ monitor }: Subject): number => rssAnonMib(monitor.pid);

/** Anonymous memory at once, and after the monitor has been left alone. */
const atOnceAndLater = async (subject: Subject): Promise<readonly [number, number]> => {
  const atOnce = anonMib(subject);
  grantWishes(subject);
  await after(SETTLE_MS);
  return [atOnce, anonMib(subject)];
};

const idleRows = async (): Promise<readonly Row[]> => {
  const [itself, byNode] = [await start(tempDir()), await start(tempDir(), [], STARTED.byNode)];
  for (const subject of [itself, byNode]) grantWishes(subject);
  await after(IDLE_MS);
  const rows = [
    atMost(TARGET_IDLE_MIB, {
      name: 'RssAnon, idle for a minute',
      value: anonMib(itself),
      unit: 'MiB',
      notes: [`n 1, resolution 4 KiB; most resident, with files, ${digits(mostResidentMib(itself.monitor.pid))} MiB`],
    }),
    figureOnly({ name: 'RssAnon, as "node dist/cli.js"', value: anonMib(byNode), unit: 'MiB', notes: ['n 1'] }),
  ];
  for (const subject of [itself, byNode]) await stop(subject);
  return rows;
};

const fullLogRows = async (log: string): Promise<readonly Row[]> => {
  const [full, fresh] = [await start(await copyOf(log)), await start(tempDir())];
  for (const subject of [full, fresh]) grantWishes(subject);
  await after(IDLE_MS);
  const rows = [
    atMost(TARGET_MORE_MIB, {
      name: 'more after a minute on a full log',
      value: anonMib(full) - anonMib(fresh),
      unit: 'MiB',
      notes: [`n 1; ${digits(anonMib(full))} MiB against ${digits(anonMib(fresh))} MiB`],
    }),
    atMost(TARGET_MOST_MIB, {
      name: 'most resident on a full log, with files',
      value: mostResidentMib(full.monitor.pid),
      unit: 'MiB',
      notes: [`n 1; ${digits(mostResidentMib(fresh.monitor.pid))} MiB on a new one`],
    }),
  ];
  for (const subject of [full, fresh]) await stop(subject);
  return rows;
};

const grownRow = (name: string, idle: number, [atOnce, later]: readonly [number, number], what: string): Row =>
  atMost(TARGET_MORE_MIB, {
    name,
    value: later - idle,
    unit: 'MiB',
    notes: [
      `n 1; ${digits(idle)} MiB after a minute, ${digits(atOnce)} MiB at once, ${digits(later)} MiB ${SETTLE_MS / SECOND_MS} s later`,
      what,
    ],
  });

const floodRow = async (): Promise<Row> => {
  const subject = await start(tempDir());
  await after(IDLE_MS);
  const idle = anonMib(subject);
  const wishes = await flood(subject.agent, ROUNDS, 2);
  const looks = await atOnceAndLater(subject);
  await stop(subject);
  const what = `${ROUNDS * REQUESTS_A_ROUND} grants, downscale requests and health checks; ${wishes} ScaleRequests in between`;
  return grownRow('more after a flood of requests', idle, looks, what);
};

/** Ends the monitor's connections; each is made anew, as a renewal does. */
const endConnections = async (server: TestPostgres): Promise<number> => {
  const ended = await server.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vm-monitor'",
  );
  return ended.length;
};

const besidePostgres = async (server: TestPostgres, { agent }: Subject): Promise<string> => {
  let [ended, resizes] = [0, 0];
  for (let round = 0; round < RENEWALS; round += 1) {
    for (let n = 0; n < RESIZES_A_RENEWAL; n += 1) {
      resizes += 1;
      const mem = (2 + (resizes % 5)) * GIB;
      agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 1, mem } }, id: 2 * resizes });
      await after(RENEWAL_MS / (RESIZES_A_RENEWAL + 1));
    }
    ended += await endConnections(server);
    await after(RENEWAL_MS / (RESIZES_A_RENEWAL + 1));
  }
  return `${resizes} resizes and ${ended} connections that were ended, in place of 30 minutes' 120 looks and ${RENEWALS} renewals`;
};

const postgresRow = async (): Promise<Row> => {
  const server = await startPostgres({ settings: SETTINGS });
  try {
    const subject = await start(tempDir(), ['--pgconnstr', server.dsn]);
    await after(IDLE_MS);
    const idle = anonMib(subject);
    const what = await besidePostgres(server, subject);
    const looks = await atOnceAndLater(subject);
    await stop(subject);
    return grownRow('more after much work with a Postgres', idle, looks, what);
  } finally {
    await removeServers();
  }
};

export const memory: Bench = async () => {
  requireFreshBundle();
  const log = await fullLog();
  const rows = await Promise.all([
    idleRows(),
    fullLogRows(log),
    floodRow().then((row) => [row]),
    postgresRow().then((row) => [row]),
  ]);
  return rows.flat();
};
