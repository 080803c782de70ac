/** PostgreSQL in the guest, in its cgroup. */
import { Client } from 'pg';
import { DATA_DIRECTORY } from '../image/postgres';
import type { Guest, GuestProcess } from '../harness';
import { quote } from '../harness/quote';
import { bindir } from '../../support/postgres/installation';
import { POSTGRES, within } from './cgroups';

/** For programs in the guest: statements of one session. */
export const psql = (...statements: readonly string[]): string =>
  `${bindir()}/psql -h /tmp -U postgres -X -A -t ${statements.map((statement) => `-c ${quote(statement)}`).join(' ')}`;
export const pgbench = (args: string): string => `${bindir()}/pgbench -h /tmp -U postgres ${args} postgres`;

/** Starts the server and waits until it takes connections. It ends with SIGQUIT to its process id, or with the guest. */
export const startGuestPostgres = async (guest: Guest): Promise<GuestProcess> => {
  const server = `exec su postgres -c 'exec ${bindir()}/postgres -D ${DATA_DIRECTORY}' 2>/var/log/postgresql.log`;
  const running = await guest.start(within(POSTGRES, server));
  const wait = `until ${bindir()}/pg_isready -q -h /tmp; do sleep 0.1; [ -d /proc/${running.pid} ] || exit 1; done`;
  const { status } = await guest.outcome(wait);
  if (status !== 0) throw new Error(`Postgres has ended: ${await guest.read('/var/log/postgresql.log')}`);
  return running;
};

/** A session of the superuser, from the host; `end` it. */
export const connectToGuestPostgres = async (guest: Guest): Promise<Client> => {
  const session = new Client({ host: '127.0.0.1', port: guest.port.postgres, user: 'postgres', database: 'postgres' });
  session.on('error', () => undefined); // Who asks the next thing hears of it.
  await session.connect();
  return session;
};
