/**
 * pgbench in the guest, and when each of its transactions ended. Its four clients pause between two transactions, so
 * that the guest has a CPU left, and what is counted is how long they wait for the server.
 */
import type { Guest, GuestProcess } from '../harness';
import { pgbench, psql } from './postgres';

const CLIENTS = 4;
const LOG = '/tmp/pgbench-log';
const SCRIPT = '/tmp/pgbench.sql';
const UPDATE = `\\set aid random(1, 100000)
UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = :aid;
\\sleep 50 ms
`;

/** Makes its tables. */
export const makeBenchTables = async (guest: Guest): Promise<void> => {
  await guest.run(pgbench('-i -q -I dtgp'));
  await guest.write(SCRIPT, UPDATE);
};

export interface Bench extends GuestProcess {
  /** Lets its clients end what they have begun; resolves with the exit status. */
  readonly stop: () => Promise<number>;
  /** When it has ended: how many transactions did in this time of the guest's CLOCK_BOOTTIME. */
  readonly transactions: (fromMs: number, toMs: number) => Promise<number>;
}

/** What to take from a time of the server to have the guest's CLOCK_BOOTTIME. */
const bootedAtMs = async (guest: Guest): Promise<number> => {
  const uptimeS = "split_part(pg_read_file('/proc/uptime', 0, 100), ' ', 1)::numeric";
  return 1000 * Number(await guest.run(psql(`SELECT extract(epoch FROM clock_timestamp()) - ${uptimeS}`)));
};

/** "CLIENT NUMBER LATENCY SCRIPT SECONDS MICROSECONDS" */
const endedAtMs = (line: string): number => {
  const [seconds, microseconds] = line.split(' ').slice(4).map(Number);
  return seconds! * 1000 + microseconds! / 1000;
};

/** Longer than any story: it is stopped by the signal that its own clock would send it. */
const SECONDS = 600;

/** Its lines of output are its progress, one a second. */
export const startBench = async (guest: Guest): Promise<Bench> => {
  await guest.run(`rm -f ${LOG}.*`);
  const args = `-n -c ${CLIENTS} -T ${SECONDS} -f ${SCRIPT} -P 1 -l --log-prefix=${LOG}`;
  const running = await guest.start(`exec ${pgbench(args)} 2>&1`);
  return {
    ...running,
    stop: async () => {
      await running.signal('SIGALRM');
      return (await running.ended).status;
    },
    transactions: async (fromMs, toMs) => {
      const epochMs = await bootedAtMs(guest);
      const ends = (await guest.run(`cat ${LOG}.*`)).split('\n').map(endedAtMs);
      return ends.filter((at) => at >= epochMs + fromMs && at < epochMs + toMs).length;
    },
  };
};
