/**
 * A statement that takes memory without end in a VM that cannot grow any more. Asserted on Postgres and on the guest's
 * kernel. For more of the same: REPEATS=20.
 */
import type { Client } from 'pg';
import { removeTempDirs } from '../support/event-log';
import { bootGuest, stopGuests, type Guest } from './harness';
import { STORY_DEADLINE_MS } from './harness/limits';
import { oomKills, throttlesIn } from './in-guest/cgroups';
import { startGuestMonitor, type GuestMonitor } from './in-guest/monitor';
import { connectToGuestPostgres, startGuestPostgres } from './in-guest/postgres';
import { expectReplays } from './outside/replays';

const REPEATS = Number(process.env['REPEATS'] ?? 1);

jest.setTimeout(STORY_DEADLINE_MS);

/** What runs away in real servers; each would take many times the VM. Wide values: emulation makes each row dear. */
const RUNAWAYS = {
  'an array that a loop appends to': `DO $$
    DECLARE grown text[]; BEGIN LOOP grown := grown || repeat('x', 100000); END LOOP; END $$`,
  'a sort in memory': `SET work_mem = '8GB';
    SELECT count(*) FROM (SELECT repeat('x', 8000) || generate_series(1, 10000000) AS wide ORDER BY wide) sorted`,
  'an aggregate of all rows': `
    SELECT cardinality(array_agg(wide)) FROM (SELECT repeat('x', 8000) || generate_series(1, 10000000) AS wide) rows`,
} as const;

let guest: Guest;
let monitor: GuestMonitor;
let bystander: Client;

beforeAll(async () => {
  guest = await bootGuest({ memMib: 512 });
  await startGuestPostgres(guest);
  monitor = await startGuestMonitor(guest, '--compute-unit 2,512MiB --max-size 2,512MiB --protect full');
  bystander = await connectToGuestPostgres(guest);
});
afterAll(async () => {
  await stopGuests();
  removeTempDirs();
});

/** What a restart of all backends would change: who serves this session. */
const servedBy = async (session: Client): Promise<unknown> =>
  (await session.query(`SELECT pg_backend_pid() AS pid, pg_postmaster_start_time()::text AS since`)).rows;

describe('a statement that takes all memory of the largest size', () => {
  for (let repeat = 1; repeat <= REPEATS; repeat += 1) {
    it.each(Object.entries(RUNAWAYS))(
      `gets one SQL error, and nobody else does: %s (${repeat})`,
      async (_, statement) => {
        const before = await servedBy(bystander);
        const runaway = await connectToGuestPostgres(guest);
        await expect(runaway.query(statement)).rejects.toMatchObject({ code: '57014' });
        expect((await runaway.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
        await runaway.end();
        expect(await servedBy(bystander)).toEqual(before);
        expect(await oomKills(guest)).toBe(0);
      },
    );
  }

  it('leaves nothing throttled, and its log replays', async () => {
    await bystander.end();
    expect(await monitor.stop()).toBe(0);
    expect(await throttlesIn(guest)).toEqual([]);
    await expectReplays(guest);
  });
});
