/** Servers and roles that do not let us size the cache: each says why, in a line and without secrets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { GIB, MIB } from '../../../../machines/shared/units';
import { leftOf } from '../../../support/either';
import { removeServers, startPostgres, type TestPostgres } from '../../../support/postgres';
import { cacheAt, closeCaches, NEVER, shownLimit } from './support';

const ROLE_SCRIPT = readFileSync(join(__dirname, '../../../../docs/postgres-role.sql'), 'utf8');
const NO_SETTING = { notOffered: 'this server does not have the setting neon.file_cache_size_limit' };

afterEach(closeCaches);
afterAll(removeServers);

describe('a server without the settings', () => {
  it('is no failure, also with both names in its configuration, and nothing is written', async () => {
    const server = await startPostgres({ stub: 'none', settings: {} });
    const { cache, losses } = cacheAt(server.dsn);
    expect(await cache.connect(NEVER)).toEqual(E.right(NO_SETTING));
    server.configure({ 'neon.max_file_cache_size': '1GB', 'neon.file_cache_size_limit': '128MB' });
    await server.restart();
    expect(await cache.connect(NEVER)).toEqual(E.right(NO_SETTING));
    expect(await cache.resize(GIB, NEVER)).toEqual(E.right(NO_SETTING));
    expect(await cache.workingSet()).toBeNull();
    expect(losses).toEqual([]);
    const written = `SELECT FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf'`;
    expect(await server.query(written)).toEqual([]);
  });

  it('is one with a file cache after a restart that loads the extension', async () => {
    const server = await startPostgres({ settings: { shared_preload_libraries: '' } });
    const { cache } = cacheAt(server.dsn);
    expect(await cache.connect(NEVER)).toEqual(E.right(NO_SETTING));
    const library = join(server.socketDirectory, 'file_cache_stub.so');
    server.configure({ shared_preload_libraries: library, 'neon.max_file_cache_size': '1GB' });
    await server.restart();
    expect(await cache.connect(NEVER)).toEqual(E.right({ maxBytes: GIB }));
  });

  it('is not what hides the setting from our role: that fails', async () => {
    const server = await startPostgres({ stub: 'hidden' });
    await server.query('CREATE ROLE weak LOGIN');
    const { cache } = cacheAt(`postgresql://weak@127.0.0.1:${server.port}/postgres`);
    expect(leftOf(await cache.connect(NEVER))).toMatch(
      /current_setting\('neon\.file_cache_size_limit', true\).*must be superuser.*\(docs\/postgres\.md: the role\)$/,
    );
  });

  it('a limit that only a restart can change is recognised', async () => {
    const server = await startPostgres({ stub: 'restart-only' });
    expect(await cacheAt(server.dsn).cache.connect(NEVER)).toEqual(
      E.left('neon.file_cache_size_limit cannot be changed without a restart here (context postmaster)'),
    );
  });
});

describe('a role', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres({ accessRules: ['host all vm_monitor 127.0.0.1/32 scram-sha-256'] });
  });
  beforeEach(async () => {
    await server.query(ROLE_SCRIPT);
    await server.query(`ALTER ROLE vm_monitor PASSWORD 'open sesame'`);
  });
  afterEach(async () => {
    await server.query('DROP OWNED BY vm_monitor');
    await server.query('DROP ROLE vm_monitor');
  });

  const url = (password: string): string =>
    `postgresql://vm_monitor:${encodeURIComponent(password)}@127.0.0.1:${server.port}/postgres`;
  const pairs = (password: string): string =>
    `host=127.0.0.1 port=${server.port} user=vm_monitor password='${password}' dbname=postgres`;

  it.each([
    { form: 'a URL', dsn: url },
    { form: 'key=value pairs', dsn: pairs },
  ])('made by docs/postgres-role.sql can size the cache, with $form', async ({ dsn }) => {
    const { cache } = cacheAt(dsn('open sesame'));
    expect(await cache.connect(NEVER)).toEqual(E.right({ maxBytes: GIB }));
    expect(await cache.resize(345 * MIB, NEVER)).toEqual(E.right({ sizeBytes: 345 * MIB }));
    expect(await shownLimit(server)).toBe('345MB');
    await cache.close();
  });

  it('made by docs/postgres-role.sql may change nothing else', async () => {
    const session = await server.session();
    await session.query('SET ROLE vm_monitor');
    await expect(session.query('ALTER SYSTEM SET shared_buffers = 1')).rejects.toThrow(
      'permission denied to set parameter "shared_buffers"',
    );
    await session.end();
  });

  it.each([
    {
      without: 'ALTER SYSTEM on the limit',
      revoke: 'REVOKE ALTER SYSTEM ON PARAMETER neon.file_cache_size_limit FROM vm_monitor',
      reason:
        'ALTER SYSTEM SET neon.file_cache_size_limit = 128: permission denied to set parameter ' +
        '"neon.file_cache_size_limit" (docs/postgres.md: the role)',
    },
    {
      without: 'pg_reload_conf()',
      revoke: 'REVOKE EXECUTE ON FUNCTION pg_reload_conf() FROM vm_monitor',
      reason:
        'SELECT pg_reload_conf() AS told: permission denied for function pg_reload_conf (docs/postgres.md: the role)',
    },
  ])('without $without is told at connect', async ({ revoke, reason }) => {
    await server.query('ALTER SYSTEM RESET neon.file_cache_size_limit');
    await server.query('SELECT pg_reload_conf()');
    await server.query(revoke);
    const { cache } = cacheAt(url('open sesame'));
    expect(await cache.connect(NEVER)).toEqual(E.left(reason));
    await cache.close();
  });

  it('without a look into the configuration files keeps to the running maximum', async () => {
    await server.query('REVOKE EXECUTE ON FUNCTION pg_show_all_file_settings() FROM vm_monitor');
    const { cache } = cacheAt(url('open sesame'));
    expect(await cache.resize(2 * GIB, NEVER)).toEqual(E.right({ sizeBytes: GIB }));
    await cache.close();
  });

  it.each([
    { form: 'a URL', dsn: url },
    { form: 'key=value pairs', dsn: pairs },
  ])('with a wrong password in $form is refused without showing it', async ({ dsn }) => {
    const reason = leftOf(await cacheAt(dsn('s3cret vm_monitor')).cache.connect(NEVER));
    expect(reason).toBe('login: password authentication failed for user "vm_monitor"');
  });

  it('a password that the server would repeat is hidden', async () => {
    const dsn = `postgresql://vm_monitor:hush-hush@127.0.0.1:${server.port}/hush-hush`;
    await server.query(`ALTER ROLE vm_monitor PASSWORD 'hush-hush'`);
    expect(await cacheAt(dsn).cache.connect(NEVER)).toEqual(E.left('login: database "***" does not exist'));
  });

  it('that asks for TLS where there is none is refused', async () => {
    const { cache } = cacheAt(`${url('open sesame')}?sslmode=require`);
    expect(await cache.connect(NEVER)).toEqual(E.left('The server does not support SSL connections'));
  });

  it('that has no password to give is told so', async () => {
    const dsn = `postgresql://vm_monitor@127.0.0.1:${server.port}/postgres`;
    expect(leftOf(await cacheAt(dsn).cache.connect(NEVER))).toContain('client password must be a string');
  });
});

it.each([
  { text: 'postgresql://u:hush-hush@[bad/db', reason: 'connection string: Invalid URL' },
  {
    text: 'host=/nowhere sslmode=verify-full sslrootcert=/nowhere/root.crt password=hush-hush',
    reason: "connection string: ENOENT: no such file or directory, open '/nowhere/root.crt'",
  },
])('a connection string that pg cannot use is refused: $text', async ({ text, reason }) => {
  expect(await cacheAt(text).cache.connect(NEVER)).toEqual(E.left(reason));
});
