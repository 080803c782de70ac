/** A network that is slow or swallows everything: each command ends within its deadline, and nothing is mixed up. */
import * as E from 'fp-ts/Either';
import { GIB, MIB } from '../../../../machines/shared/units';
import {
  removeServers,
  startPostgres,
  startProxy,
  stopProxies,
  type Proxy,
  type TestPostgres,
} from '../../../support/postgres';
import { cacheAt, closeCaches, connectedTo, eventually, NEVER, persistedLimit, shownLimit } from './support';

let server: TestPostgres;
let proxy: Proxy;
let dsn: string;
beforeAll(async () => {
  server = await startPostgres();
});
beforeEach(async () => {
  proxy = await startProxy(server.port);
  dsn = `postgresql://postgres@127.0.0.1:${proxy.port}/postgres`;
});
afterEach(async () => {
  await closeCaches();
  await stopProxies();
});
afterAll(removeServers);

it('a black hole at connect ends in time', async () => {
  proxy.swallow();
  const { cache } = cacheAt(dsn, { openMs: 300 });
  expect(await cache.connect(NEVER)).toEqual(E.left('no connection within 300 ms'));
  expect(proxy.taken()).toBe(2);
});

it('a black hole in a statement ends in time, also the second try', async () => {
  const { cache, losses } = await connectedTo(dsn, { queryMs: 500, openMs: 500 });
  proxy.swallow();
  expect(await cache.resize(200 * MIB, NEVER)).toEqual(E.left('no connection within 500 ms'));
  expect(losses).toEqual([]);
  proxy.pass();
  expect(await cache.connect(NEVER)).toEqual(E.right({ maxBytes: GIB }));
});

it('the whole command has a deadline, whatever its parts may take', async () => {
  const { cache } = await connectedTo(dsn, { resizeMs: 150 });
  proxy.swallow();
  expect(await cache.resize(200 * MIB, NEVER)).toEqual(E.left('not done within 150 ms'));
});

it('an idle connection into a black hole is noticed when it is renewed', async () => {
  const { losses, firstLoss } = await connectedTo(dsn, { renewMs: 20, openMs: 400 });
  proxy.swallow();
  expect(await firstLoss).toMatch(/^no connection within 400 ms$|^not done within 400 ms$/);
  expect(losses).toHaveLength(1);
});

it('slow answers are awaited', async () => {
  const { cache } = await connectedTo(dsn, { resizeMs: 10_000 });
  proxy.delay(50);
  expect(await cache.resize(210 * MIB, NEVER)).toEqual(E.right({ sizeBytes: 210 * MIB }));
});

it('answers that come too late are not taken for those of the next statement', async () => {
  const { cache } = await connectedTo(dsn, { queryMs: 400, resizeMs: 5_000 });
  proxy.delay(600);
  expect(await cache.resize(220 * MIB, NEVER)).toEqual(E.left('no answer within 400 ms'));
  proxy.delay(0);
  const results = await Promise.all([221, 222].map((mib) => cache.resize(mib * MIB, NEVER)));
  expect(results).toEqual([221, 222].map((mib) => E.right({ sizeBytes: mib * MIB })));
  expect(await shownLimit(server)).toBe('222MB');
});

it('an ALTER SYSTEM that was carried out but never answered is made good by the next connect', async () => {
  const { cache } = await connectedTo(dsn, { resizeMs: 1_000, queryMs: 900 });
  await cache.resize(230 * MIB, NEVER);
  proxy.swallowAfter('ALTER SYSTEM');
  const lost = cache.resize(240 * MIB, NEVER);
  await eventually(async () => (await persistedLimit(server)) === '240');
  expect(E.isLeft(await lost)).toBe(true);
  expect(await shownLimit(server)).toBe('230MB');
  proxy.pass();
  expect(await cache.connect(NEVER)).toEqual(E.right({ maxBytes: GIB }));
  expect(await persistedLimit(server)).toBe('230');
});
