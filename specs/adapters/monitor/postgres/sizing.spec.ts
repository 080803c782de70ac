/** From a VM's size to what the server shows: the normal ways. */
import * as E from 'fp-ts/Either';
import {
  FILE_CACHE_IN_MEMORY,
  FILE_CACHE_ON_DISK,
  fileCacheSize,
} from '../../../../machines/monitor/memory/file-cache-size';
import { GIB, MIB } from '../../../../machines/shared/units';
import { removeServers, startPostgres, type TestPostgres } from '../../../support/postgres';
import { cacheAt, closeCaches, connectedTo, eventually, NEVER, persistedLimit, shownLimit } from './support';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterEach(closeCaches);
afterAll(removeServers);

const loadTime = async (): Promise<unknown> =>
  (await server.query('SELECT pg_conf_load_time()::text AS at'))[0]?.['at'];

it('connecting tells the maximum and proves the permission by setting the present size', async () => {
  const { cache } = cacheAt(server.dsn);
  expect(await persistedLimit(server)).toBeUndefined();
  expect(await cache.connect(NEVER)).toEqual(E.right({ maxBytes: GIB }));
  expect(await persistedLimit(server)).toBe('128');
});

it.each([
  { cache: 'on disk', config: FILE_CACHE_ON_DISK, vmMib: 256, shown: '0' },
  { cache: 'on disk', config: FILE_CACHE_ON_DISK, vmMib: 1024, shown: '698MB' },
  { cache: 'in memory', config: FILE_CACHE_IN_MEMORY, vmMib: 640, shown: '0' },
  { cache: 'in memory', config: FILE_CACHE_IN_MEMORY, vmMib: 1024, shown: '349MB' },
  { cache: 'in memory, above the maximum', config: FILE_CACHE_IN_MEMORY, vmMib: 8192, shown: '1GB' },
])('a VM of $vmMib MiB with the cache $cache gets $shown', async ({ config, vmMib, shown }) => {
  const { cache } = cacheAt(server.dsn);
  const wanted = fileCacheSize(config, vmMib * MIB);
  expect(await cache.resize(wanted, NEVER)).toEqual(E.right({ sizeBytes: Math.min(wanted, GIB) }));
  expect(await shownLimit(server)).toBe(shown);
});

it('rounds down to whole MiB', async () => {
  const { cache } = cacheAt(server.dsn);
  expect(await cache.resize(101 * MIB - 1, NEVER)).toEqual(E.right({ sizeBytes: 100 * MIB }));
});

it('leaves the server alone when it has the size already', async () => {
  const { cache } = await connectedTo(server.dsn);
  await cache.resize(200 * MIB, NEVER);
  const before = await loadTime();
  expect(await cache.resize(200 * MIB, NEVER)).toEqual(E.right({ sizeBytes: 200 * MIB }));
  expect(await loadTime()).toBe(before);
});

it('resizes that come together run one after another, and the last one stands', async () => {
  const { cache } = await connectedTo(server.dsn);
  const results = await Promise.all([300, 310, 320].map((mib) => cache.resize(mib * MIB, NEVER)));
  expect(results).toEqual([300, 310, 320].map((mib) => E.right({ sizeBytes: mib * MIB })));
  expect(await shownLimit(server)).toBe('320MB');
});

it('refuses more commands than may wait', async () => {
  const { cache } = await connectedTo(server.dsn);
  const results = await Promise.all([1, 2, 3, 4, 5, 6].map((mib) => cache.resize(mib * MIB, NEVER)));
  expect(results.slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((mib) => E.right({ sizeBytes: mib * MIB })));
  expect(results[5]).toEqual(E.left('more than 4 commands wait already'));
});

it('a size that is no number is a defect of ours', async () => {
  const { cache } = await connectedTo(server.dsn);
  await expect(cache.resize(Number.NaN, NEVER)).rejects.toThrow('mib is NaN');
});

it('works with the key=value form over a Unix socket, where TLS is optional', async () => {
  const { cache } = cacheAt(`host=${server.socketDirectory} port=${server.port} user=postgres sslmode=prefer`);
  expect(await cache.connect(NEVER)).toEqual(E.right({ maxBytes: GIB }));
});

it('introduces itself as vm-monitor', async () => {
  await connectedTo(server.dsn);
  const names = await server.query(
    `SELECT application_name FROM pg_stat_activity WHERE application_name = 'vm-monitor'`,
  );
  expect(names).toHaveLength(1);
});

describe('while the postmaster is stopped and passes no reload on', () => {
  afterEach(() => {
    server.signal('SIGCONT');
  });

  it('looks for the new size until it shows', async () => {
    const { cache } = await connectedTo(server.dsn, { readBackMs: 10_000, resizeMs: 20_000 });
    const observer = await server.session();
    const isPersisted = async (): Promise<boolean> =>
      (await observer.query(`SELECT FROM pg_file_settings WHERE setting = '401'`)).rowCount === 1;
    server.signal('SIGSTOP');
    const resized = cache.resize(401 * MIB, NEVER);
    await eventually(isPersisted);
    server.signal('SIGCONT');
    expect(await resized).toEqual(E.right({ sizeBytes: 401 * MIB }));
    await observer.end();
  });

  it('does not believe a size that never shows', async () => {
    const { cache } = await connectedTo(server.dsn, { readBackMs: 50 });
    await cache.resize(400 * MIB, NEVER);
    server.signal('SIGSTOP');
    expect(await cache.resize(402 * MIB, NEVER)).toEqual(
      E.left('neon.file_cache_size_limit was set to 402 MiB but is still 400 MiB after 50 ms'),
    );
  });
});
