/** Who waits for the locks of a process, as a real server tells a role without special rights. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Client } from 'pg';
import { backendPid } from '../../../support/postgres/processes';
import { removeServers, startPostgres, type TestPostgres } from '../../../support/postgres';
import { cacheAt, closeCaches, connectedTo, eventually } from './support';

const ROLE_SCRIPT = readFileSync(join(__dirname, '../../../../docs/postgres-role.sql'), 'utf8');

let server: TestPostgres;
let holder: Client;
let waiter: Client;
beforeAll(async () => {
  server = await startPostgres({ accessRules: ['host all vm_monitor 127.0.0.1/32 trust'] });
  await server.query(ROLE_SCRIPT);
  holder = await server.session();
  waiter = await server.session();
});
afterEach(closeCaches);
afterAll(async () => {
  await Promise.all([holder.end(), waiter.end()]);
  await removeServers();
});

const asRole = (): string => server.dsn.replace('postgres@', 'vm_monitor@');

it('those who wait for one of the processes are counted, and others are not', async () => {
  const { cache } = await connectedTo(asRole());
  const [retaining, waiting] = [await backendPid(holder), await backendPid(waiter)];
  await holder.query('SELECT pg_advisory_lock(1)');
  expect(await cache.countWaiting([retaining])).toEqual(E.right(0));
  const got = waiter.query('SELECT pg_advisory_lock(1)');
  await eventually(async () => (await server.query('SELECT FROM pg_locks WHERE NOT granted')).length === 1);
  expect(await cache.countWaiting([waiting, retaining])).toEqual(E.right(1));
  expect(await cache.countWaiting([waiting])).toEqual(E.right(0));
  expect(await cache.countWaiting([])).toEqual(E.right(0));
  await holder.query('SELECT pg_advisory_unlock(1)');
  await got;
});

it('nobody is asked before a command has connected', async () => {
  expect(await cacheAt(server.dsn).cache.countWaiting([4711])).toBeNull();
});

it.each([0, -1, 1.5, Number.NaN])('what is no pid is a defect of ours: %s', async (pid) => {
  const { cache } = await connectedTo(server.dsn);
  await expect(cache.countWaiting([pid])).rejects.toThrow(RangeError);
});
