/** The working set that a real server tells, or does not. The function is a stand-in for neon's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { MIB } from '../../../../machines/shared/units';
import {
  offerWorkingSet,
  removeServers,
  startPostgres,
  startProxy,
  stopProxies,
  withdrawWorkingSet,
  WORKING_SET,
  type TestPostgres,
} from '../../../support/postgres';
import { leftOf } from '../../../support/either';
import { blockSettings, cacheAt, closeCaches, connectedTo, eventually, NEVER } from './support';

const ROLE_SCRIPT = readFileSync(join(__dirname, '../../../../docs/postgres-role.sql'), 'utf8');
const OLD_NAME = 'neon.approximate_working_set_size_seconds';
const MISSING = `this server has no ${WORKING_SET} or ${OLD_NAME}`;
/** For `duration / 60 * 100`. */
const HUNDREDS = E.right(Array.from({ length: 60 }, (_, minutes) => 100 * (minutes + 1)));

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres({ accessRules: ['host all vm_monitor 127.0.0.1/32 trust'] });
});
afterEach(async () => {
  await closeCaches();
  await stopProxies();
  await withdrawWorkingSet(server);
});
afterAll(removeServers);

const monitorPid = async (): Promise<unknown> =>
  (await server.query(`SELECT pid FROM pg_stat_activity WHERE application_name = 'vm-monitor'`))[0]?.['pid'];

describe('the working set', () => {
  it.each([WORKING_SET, OLD_NAME])('is read for windows of 1 to 60 minutes by %s', async (name) => {
    await offerWorkingSet(server, 'duration / 60 * 100', name);
    const { cache } = await connectedTo(server.dsn);
    expect(await cache.workingSet()).toEqual(HUNDREDS);
    expect(await cache.workingSet()).toEqual(HUNDREDS);
  });

  it('comes from the newer function where there are both', async () => {
    await offerWorkingSet(server, '1', OLD_NAME);
    await offerWorkingSet(server, 'duration / 60 * 100');
    expect(await (await connectedTo(server.dsn)).cache.workingSet()).toEqual(HUNDREDS);
  });

  it('is not asked for before a command has connected', async () => {
    const { cache } = cacheAt(server.dsn);
    expect(await cache.workingSet()).toBeNull();
    expect(await monitorPid()).toBeUndefined();
  });

  it('does not stand in the way of a command under way', async () => {
    const { cache } = await connectedTo(server.dsn, { queryMs: 10_000, resizeMs: 15_000 });
    const lock = await blockSettings(server);
    const resized = cache.resize(200 * MIB, NEVER);
    await lock.blocked();
    expect(await cache.workingSet()).toBeNull();
    await lock.release();
    expect(await resized).toEqual(E.right({ sizeBytes: 200 * MIB }));
  });

  it('does not keep the connection from being renewed', async () => {
    await offerWorkingSet(server, '7');
    const { cache, losses } = await connectedTo(server.dsn, { renewMs: 200 });
    const before = await monitorPid();
    await eventually(async () => {
      await cache.workingSet();
      const now = await monitorPid();
      return now !== undefined && now !== before;
    });
    expect(losses).toEqual([]);
  });
});

describe('a server that does not tell it', () => {
  it('is not asked again on the same connection, and is on the next one', async () => {
    const { cache } = await connectedTo(server.dsn, { renewMs: 1_000 });
    const before = await monitorPid();
    expect(await cache.workingSet()).toEqual(E.left(MISSING));
    await offerWorkingSet(server, 'duration / 60 * 100');
    if ((await monitorPid()) === before) expect(await cache.workingSet()).toEqual(E.left(MISSING));
    await eventually(async () => E.isRight((await cache.workingSet()) ?? E.left('busy')));
    expect(await monitorPid()).not.toBe(before);
  });

  it.each([
    ['gives null (the file cache is off)', 'NULL', `${WORKING_SET} gives no estimate`],
    ['gives null for some windows', 'CASE WHEN duration > 600 THEN 1 END', `${WORKING_SET} gives no estimate`],
    ['fails', '1 / 0', 'division by zero'],
    ['gives what is no count', '-1', 'unexpected answer'],
  ])('because it %s, says so, and sizes its cache all the same', async (_how, body, reason) => {
    await offerWorkingSet(server, body);
    const { cache, losses } = await connectedTo(server.dsn);
    expect(leftOf((await cache.workingSet())!)).toContain(reason);
    expect(await cache.resize(210 * MIB, NEVER)).toEqual(E.right({ sizeBytes: 210 * MIB }));
    expect(losses).toEqual([]);
  });

  it('because it is slow, gives up by itself: the connection stays, and no time-out is left on it', async () => {
    await offerWorkingSet(server, '(SELECT 1 FROM pg_sleep(60))');
    const { cache, losses } = await connectedTo(server.dsn, { queryMs: 10_000, resizeMs: 20_000 });
    const before = await monitorPid();
    expect(leftOf((await cache.workingSet())!)).toContain('canceling statement due to statement timeout');
    const lock = await blockSettings(server);
    const resized = cache.resize(220 * MIB, NEVER);
    await lock.blocked();
    // Longer than the time-out of the look: a statement under it would have failed.
    await server.query('SELECT pg_sleep(0.6)');
    await lock.release();
    expect(await resized).toEqual(E.right({ sizeBytes: 220 * MIB }));
    expect([await monitorPid(), losses]).toEqual([before, []]);
  });
});

describe('a connection that breaks under the look', () => {
  it('into a black hole is told as lost once, and the next command connects again', async () => {
    await offerWorkingSet(server, 'duration / 60 * 100');
    const proxy = await startProxy(server.port);
    const dsn = `postgresql://postgres@127.0.0.1:${proxy.port}/postgres`;
    const { cache, losses, firstLoss } = await connectedTo(dsn, { queryMs: 300 });
    proxy.swallow();
    // Whichever deadline comes first, the statement's or that of the whole look.
    const reason = leftOf((await cache.workingSet())!);
    expect(reason).toMatch(/^(no answer|not done) within 300 ms$/);
    expect(await firstLoss).toBe(reason);
    expect(await cache.workingSet()).toBeNull();
    proxy.pass();
    expect(E.isRight(await cache.connect(NEVER))).toBe(true);
    expect(await cache.workingSet()).toEqual(HUNDREDS);
    expect(losses).toHaveLength(1);
  });

  it('by the end of the cache ends at once', async () => {
    await offerWorkingSet(server, '(SELECT 1 FROM pg_sleep(60))');
    const { cache, losses } = await connectedTo(server.dsn);
    const read = cache.workingSet();
    await eventually(
      async () => (await server.query(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length > 0,
    );
    await cache.close();
    expect(await read).toEqual(E.left('closed'));
    expect(losses).toEqual([]);
  });
});

describe('a role', () => {
  const dsn = (): string => `postgresql://vm_monitor@127.0.0.1:${server.port}/postgres`;
  afterEach(async () => {
    await closeCaches();
    await server.query('DROP OWNED BY vm_monitor');
    await server.query('DROP ROLE vm_monitor');
  });

  it('made by docs/postgres-role.sql may read it, also where the schema is not public', async () => {
    await offerWorkingSet(server, 'duration / 60 * 100');
    await server.query(`REVOKE EXECUTE ON FUNCTION ${WORKING_SET} FROM PUBLIC`);
    await server.query(ROLE_SCRIPT);
    expect(await (await connectedTo(dsn())).cache.workingSet()).toEqual(HUNDREDS);
  });

  it.each([
    ['USAGE ON SCHEMA neon', 'permission denied for schema neon (docs/postgres.md: the role)'],
    [`EXECUTE ON FUNCTION ${WORKING_SET}`, 'permission denied for function lfc_approximate_working_set_size_seconds'],
  ])('without %s is told so, and sizes the cache all the same', async (right, reason) => {
    await offerWorkingSet(server, '7');
    await server.query(`REVOKE EXECUTE ON FUNCTION ${WORKING_SET} FROM PUBLIC`);
    await server.query(ROLE_SCRIPT);
    await server.query(`REVOKE ${right} FROM vm_monitor`);
    const { cache } = await connectedTo(dsn());
    expect(leftOf((await cache.workingSet())!)).toContain(reason);
    expect(await cache.resize(230 * MIB, NEVER)).toEqual(E.right({ sizeBytes: 230 * MIB }));
  });
});
