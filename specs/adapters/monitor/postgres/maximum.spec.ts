/**
 * The server's maximum changes by a restart only, and a persisted limit above it keeps the server
 * from starting: so whatever we leave behind must fit the maximum of the next start too.
 */
import * as E from 'fp-ts/Either';
import { GIB, MIB } from '../../../../machines/shared/units';
import { removeServers, startPostgres, type TestPostgres } from '../../../support/postgres';
import { closeCaches, connectedTo, NEVER, persistedLimit } from './support';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
beforeEach(async () => {
  await server.query('ALTER SYSTEM RESET ALL');
  server.configure({ 'neon.max_file_cache_size': '1GB' });
  await server.restart();
});
afterEach(closeCaches);
afterAll(removeServers);

const persist = async (limitMib: number): Promise<void> => {
  await server.query(`ALTER SYSTEM SET neon.file_cache_size_limit = ${limitMib}`);
  await server.query('SELECT pg_reload_conf()');
};

it.each(['512MB', '512', '524288kB'])('keeps to the maximum of the next start, written as %s', async (maximum) => {
  const { cache } = await connectedTo(server.dsn);
  server.configure({ 'neon.max_file_cache_size': maximum });
  expect(await cache.resize(GIB, NEVER)).toEqual(E.right({ sizeBytes: 512 * MIB }));
  await server.restart();
  expect(await cache.connect(NEVER)).toEqual(E.right({ maxBytes: 512 * MIB }));
  expect(await cache.resize(GIB, NEVER)).toEqual(E.right({ sizeBytes: 512 * MIB }));
  expect(await persistedLimit(server)).toBe('512');
});

it('connecting lowers a persisted limit that the next start would not survive', async () => {
  await persist(1024);
  await server.query(`ALTER SYSTEM SET neon.max_file_cache_size = '512MB'`);
  await connectedTo(server.dsn);
  await server.restart();
  expect(await server.query('SHOW neon.file_cache_size_limit')).toEqual([{ 'neon.file_cache_size_limit': '512MB' }]);
});

it('a maximum that will grow does not count before it has', async () => {
  server.configure({ 'neon.max_file_cache_size': '2GB' });
  const { cache } = await connectedTo(server.dsn);
  expect(await cache.resize(2 * GIB, NEVER)).toEqual(E.right({ sizeBytes: GIB }));
  await server.restart();
  expect(await cache.resize(2 * GIB, NEVER)).toEqual(E.right({ sizeBytes: 2 * GIB }));
});

it('a maximum that no one can read leaves the running one in force', async () => {
  const { cache } = await connectedTo(server.dsn);
  server.configure({ 'neon.max_file_cache_size': 'plenty' });
  expect(await cache.resize(300 * MIB, NEVER)).toEqual(E.right({ sizeBytes: 300 * MIB }));
});

it('why it matters: a server with a persisted limit above its maximum does not start', async () => {
  await persist(1024);
  server.configure({ 'neon.max_file_cache_size': '512MB' });
  await expect(server.restart()).rejects.toThrow('neon.file_cache_size_limit can not be larger');
});
