/** The connection string of the docs in a service: no user in it, and neither USER nor PGUSER in the environment. */
import { userInfo } from 'node:os';
import { GIB } from '../../machines/shared/units';
import { buildOnce, runCommand, startMonitorOn, stopCommands } from '../support/command';
import { tempDir } from '../support/event-log';
import { stopMonitors, testTree } from '../support/monitor';
import { removeServers, startPostgres } from '../support/postgres';

beforeAll(buildOnce, 60_000);
afterEach(async () => {
  await stopCommands();
  await stopMonitors();
  await removeServers();
});

it('logs in as the user that the process runs as, as libpq would', async () => {
  const server = await startPostgres();
  const { username } = userInfo();
  // The cluster's own superuser is called postgres.
  if (username !== 'postgres') await server.query(`CREATE ROLE "${username}" LOGIN SUPERUSER`);
  const dsn = `host=${server.socketDirectory} port=${server.port} dbname=postgres`;
  const command = startMonitorOn(testTree(), tempDir(), '--pgconnstr', dsn);
  expect(await command.line(null, { event: /^fileCache\./ })).toMatchObject({
    msg: 'file cache connected',
    maxBytes: GIB,
  });
});

it('what cannot be done is refused with status 2, one line and no password', async () => {
  const { status, stdout, stderr } = await runCommand(['run', '-p', 'postgresql://u:hush@a,b/db']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe('vm-monitor: --pgconnstr ***: expected one host, not several\n');
});
