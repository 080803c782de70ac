/** A real Postgres at work in a VM that grows: its clients notice nothing, and its file cache follows the size. */
import type { Client } from 'pg';
import { MIB } from '../../machines/shared/units';
import { stopCommands } from '../support/command';
import { removeTempDirs } from '../support/event-log';
import { bootGuest, stopGuests, type Guest } from './harness';
import { eventually } from './harness/eventually';
import { STORY_DEADLINE_MS } from './harness/limits';
import { oomKills, throttlesIn } from './in-guest/cgroups';
import { startGuestMonitor, type GuestMonitor } from './in-guest/monitor';
import { connectToGuestPostgres, pgbench, startGuestPostgres } from './in-guest/postgres';
import { startHostAgent } from './outside/agent';
import { pluggedMib } from './outside/plugged';
import { expectReplays } from './outside/replays';

jest.setTimeout(STORY_DEADLINE_MS);

const SIZES = '--independent --compute-unit 2,256MiB --min-size 2,512MiB --max-size 2,2GiB';
/** About 440 MiB of rows: more than the VM has. */
const SORT = `EXPLAIN (ANALYZE, COSTS OFF)
  SELECT generate_series(1, 55000) || repeat('x', 8000) AS wide ORDER BY wide DESC`;

let guest: Guest;
let monitor: GuestMonitor;

beforeAll(async () => {
  guest = await bootGuest({ memMib: 512, maxMemMib: 2048 });
  await startGuestPostgres(guest);
  await guest.run(pgbench('-i -s 2 -q'));
  const postgres = '--pgconnstr postgresql://postgres@127.0.0.1/postgres --file-cache-on-disk';
  monitor = await startGuestMonitor(guest, `${SIZES} ${postgres}`);
});
afterAll(async () => {
  await stopCommands();
  await stopGuests();
  removeTempDirs();
});

const cacheLimitMib = async (session: Client): Promise<number> => {
  const limit = `SELECT (pg_size_bytes(current_setting('neon.file_cache_size_limit')) / ${MIB})::int AS mib`;
  return (await session.query<{ mib: number }>(limit)).rows[0]!.mib;
};

it('a sort of more than the VM has stays in memory, beside clients of whom none fails, and the file cache grows too', async () => {
  const agent = await startHostAgent(guest, { flags: SIZES.split(' ') });
  const session = await connectToGuestPostgres(guest);
  await monitor.logged('file cache resized');
  const before = await cacheLimitMib(session);
  expect(before).toBeGreaterThan(128);

  const clients = await guest.start(pgbench('-n -c 4 -T 10'));
  await session.query(`SET work_mem = '2GB'`);
  const plan = await session.query<{ 'QUERY PLAN': string }>(SORT);
  expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Sort Method: quicksort +Memory: 4\d{5}kB/);
  const { status, stdout } = await clients.ended;
  expect(status).toBe(0);
  expect(stdout).toContain('number of failed transactions: 0 ');
  expect(await pluggedMib(guest)).toBeGreaterThanOrEqual(256);
  await eventually(async () => (await cacheLimitMib(session)) >= before + 200, true);
  await session.end();
  expect(await oomKills(guest)).toBe(0);

  expect(await agent.stop()).toBe(0);
  expect(await monitor.stop()).toBe(0);
  expect(await throttlesIn(guest)).toEqual([]);
  await expectReplays(guest, [agent.logDir]);
});
