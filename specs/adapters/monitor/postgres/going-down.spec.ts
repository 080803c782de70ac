/** A server that goes away, in each way that there is, with the monitor idle or in the middle of a statement. */
import * as E from 'fp-ts/Either';
import { GIB, MIB } from '../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../support/either';
import { removeServers, startPostgres, type TestPostgres } from '../../../support/postgres';
import { blockSettings, cacheAt, closeCaches, connectedTo, NEVER, shownLimit, terminateMonitor } from './support';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
beforeEach(() => server.start());
afterEach(closeCaches);
afterAll(removeServers);

const GOING_DOWN = 'terminating connection due to administrator command';
/** A busy test machine must not run into the deadlines of a statement that is held on purpose. */
const PATIENT = { queryMs: 10_000, resizeMs: 15_000 };
const HUNG_UP = 'Connection terminated unexpectedly';

describe('idle', () => {
  it.each([
    { how: 'a fast shutdown', reason: GOING_DOWN, end: () => server.stop('fast') },
    { how: 'an immediate shutdown', reason: HUNG_UP, end: () => server.stop('immediate') },
    { how: 'pg_terminate_backend', reason: GOING_DOWN, end: () => terminateMonitor(server) },
  ])('$how is told once, and a later command connects again', async ({ reason, end }) => {
    const { cache, losses, firstLoss } = await connectedTo(server.dsn);
    await end();
    expect(await firstLoss).toBe(reason);
    await server.start();
    expect(await cache.connect(NEVER)).toEqual(E.right({ maxBytes: GIB }));
    expect(losses).toEqual([reason]);
  });

  it('a smart shutdown waits for us until the connection is renewed, no longer', async () => {
    const { losses, firstLoss } = await connectedTo(server.dsn, { renewMs: 300 });
    await server.stop('smart');
    expect(await firstLoss).toMatch(/^login: the database system is shutting down$|ECONNREFUSED|ECONNRESET/);
    expect(losses).toHaveLength(1);
  });

  it('a renewal on a server that is well goes unnoticed', async () => {
    const { cache, losses } = await connectedTo(server.dsn, { renewMs: 20 });
    const pid = async (): Promise<unknown> =>
      (await server.query(`SELECT pid FROM pg_stat_activity WHERE application_name = 'vm-monitor'`))[0]?.['pid'];
    const before = await pid();
    let now = before;
    while (now === before || now === undefined) now = await pid();
    expect(rightOf(await cache.resize(150 * MIB, NEVER))).toEqual({ sizeBytes: 150 * MIB });
    expect(losses).toEqual([]);
  });

  it('a restart keeps the size that was set, and the next command connects by itself', async () => {
    const { cache } = await connectedTo(server.dsn);
    await cache.resize(222 * MIB, NEVER);
    await server.restart();
    expect(await shownLimit(server)).toBe('222MB');
    expect(await cache.resize(223 * MIB, NEVER)).toEqual(E.right({ sizeBytes: 223 * MIB }));
  });
});

describe('in a statement', () => {
  it.each([
    { how: 'a fast shutdown', end: () => server.stop('fast') },
    { how: 'an immediate shutdown', end: () => server.stop('immediate') },
  ])('$how fails the command and is not told a second time', async ({ end }) => {
    const { cache, losses } = await connectedTo(server.dsn, PATIENT);
    const lock = await blockSettings(server);
    const resized = cache.resize(300 * MIB, NEVER);
    await lock.blocked();
    await end();
    expect(leftOf(await resized)).toMatch(
      /^login: the database system is (shutting down|in recovery mode)|ECONNREFUSED|ECONNRESET/,
    );
    expect(losses).toEqual([]);
    await server.start();
    expect(await cache.resize(300 * MIB, NEVER)).toEqual(E.right({ sizeBytes: 300 * MIB }));
  });

  it('a smart shutdown lets the command end', async () => {
    const { cache } = await connectedTo(server.dsn, PATIENT);
    const lock = await blockSettings(server);
    const resized = cache.resize(310 * MIB, NEVER);
    await lock.blocked();
    const stopped = server.stop('smart');
    await lock.release();
    expect(await resized).toEqual(E.right({ sizeBytes: 310 * MIB }));
    await cache.close();
    await stopped;
  });

  it('after pg_terminate_backend the command is repeated on a new connection', async () => {
    const { cache, losses } = await connectedTo(server.dsn, PATIENT);
    const lock = await blockSettings(server);
    const resized = cache.resize(320 * MIB, NEVER);
    await lock.blocked();
    await terminateMonitor(server);
    await lock.blocked();
    await lock.release();
    expect(await resized).toEqual(E.right({ sizeBytes: 320 * MIB }));
    expect(losses).toEqual([]);
  });

  it('a connection that is lost twice is not repeated a third time', async () => {
    const { cache } = await connectedTo(server.dsn, PATIENT);
    const lock = await blockSettings(server);
    const resized = cache.resize(330 * MIB, NEVER);
    await lock.blocked();
    await terminateMonitor(server);
    await lock.blocked();
    await terminateMonitor(server);
    expect(await resized).toEqual(E.left(GOING_DOWN));
    await lock.release();
  });
});

describe('down', () => {
  beforeEach(() => server.stop('fast'));

  it.each([
    { by: 'TCP', dsn: () => server.dsn, reason: () => `connect ECONNREFUSED 127.0.0.1:${server.port}` },
    {
      by: 'a Unix socket',
      dsn: () => `host=${server.socketDirectory} port=${server.port} user=postgres`,
      reason: () => `connect ENOENT ${server.socketDirectory}/.s.PGSQL.${server.port}`,
    },
  ])('by $by says so, and works once the server is up', async ({ dsn, reason }) => {
    const { cache, losses } = cacheAt(dsn());
    expect(await cache.connect(NEVER)).toEqual(E.left(reason()));
    await server.start();
    expect(await cache.connect(NEVER)).toEqual(E.right({ maxBytes: GIB }));
    expect(losses).toEqual([]);
  });

  it('a host with several addresses gives a reason for each', async () => {
    const { cache } = cacheAt(`postgresql://postgres@localhost:${server.port}/postgres`);
    expect(leftOf(await cache.connect(NEVER))).toContain(`ECONNREFUSED 127.0.0.1:${server.port}`);
  });
});

it('closing gives up what is under way', async () => {
  const { cache, losses } = await connectedTo(server.dsn, PATIENT);
  const lock = await blockSettings(server);
  const resized = cache.resize(340 * MIB, NEVER);
  await lock.blocked();
  await cache.close();
  expect(await resized).toEqual(E.left('closed'));
  expect(await cache.connect(NEVER)).toEqual(E.left('closed'));
  expect(losses).toEqual([]);
  await lock.release();
});

it('a command can be given up by its signal, and the next one works', async () => {
  const { cache } = await connectedTo(server.dsn, PATIENT);
  const lock = await blockSettings(server);
  const stop = new AbortController();
  const resized = cache.resize(350 * MIB, stop.signal);
  await lock.blocked();
  stop.abort(new Error('not wanted any more'));
  expect(await resized).toEqual(E.left('not wanted any more'));
  await lock.release();
  expect(await cache.resize(350 * MIB, NEVER)).toEqual(E.right({ sizeBytes: 350 * MIB }));
});
