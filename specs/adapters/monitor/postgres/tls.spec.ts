/** Connections with TLS, by libpq's rules: require encrypts, verify-full also checks who is there. */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { GIB, MIB } from '../../../../machines/shared/units';
import { leftOf } from '../../../support/either';
import { removeServers, startPostgres, startProxy, stopProxies, type TestPostgres } from '../../../support/postgres';
import { giveToOwner, run } from '../../../support/postgres/installation';
import { cacheAt, closeCaches, connectedTo, NEVER } from './support';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres({ accessRules: ['hostnossl all all 127.0.0.1/32 reject'] });
  const [key, cert] = ['key', 'cert'].map((name) => join(server.socketDirectory, `${name}.pem`)) as [string, string];
  run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=here', '-keyout', key, '-out', cert);
  run('chmod', '600', key);
  giveToOwner(key);
  server.configure({ ssl: 'on', ssl_key_file: key, ssl_cert_file: cert });
  await server.restart();
});
afterEach(async () => {
  await closeCaches();
  await stopProxies();
});
afterAll(removeServers);

it.each(['require', 'verify-ca&sslrootcert=CERT'])('connects with sslmode=%s', async (mode) => {
  const parameters = mode.replace('CERT', join(server.socketDirectory, 'cert.pem'));
  expect(await cacheAt(`${server.dsn}?sslmode=${parameters}`).cache.connect(NEVER)).toEqual(E.right({ maxBytes: GIB }));
});

it('refuses a server that nobody vouches for with sslmode=verify-full', async () => {
  const { cache } = cacheAt(`${server.dsn}?sslmode=verify-full`);
  expect(await cache.connect(NEVER)).toEqual(E.left('self-signed certificate'));
});

it('says so when the server insists on TLS and the connection string does not ask for it', async () => {
  expect(leftOf(await cacheAt(server.dsn).cache.connect(NEVER))).toMatch(/^login: pg_hba\.conf rejects connection/);
});

it('a black hole ends in time here too', async () => {
  const proxy = await startProxy(server.port);
  const dsn = `postgresql://postgres@127.0.0.1:${proxy.port}/postgres?sslmode=require`;
  const { cache, losses } = await connectedTo(dsn, { queryMs: 500, openMs: 1_000 });
  proxy.swallow();
  expect(await cache.resize(200 * MIB, NEVER)).toEqual(E.left('no connection within 1000 ms'));
  expect(losses).toEqual([]);
});
