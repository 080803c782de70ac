/** The processes of a real server, as /proc has them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Client } from 'pg';

const field = (pid: number, name: string): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
};

const parentOf = (pid: number): number => {
  try {
    return field(pid, 'PPid');
  } catch {
    return Number.NaN; // It has ended meanwhile.
  }
};

export const backendPid = async (session: Client): Promise<number> =>
  (await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;

/** The postmaster first, then all its children at this moment. @param session any session of the server */
export const serverPids = async (session: Client): Promise<readonly [number, ...number[]]> => {
  const postmaster = parentOf(await backendPid(session));
  const all = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return [postmaster, ...all.filter((pid) => parentOf(pid) === postmaster)];
};

/** Resolves when the process has so much anonymous memory; the test's own time-out is the bound. */
export const grownTo = async (pid: number, bytes: number): Promise<void> => {
  while (field(pid, 'RssAnon') * 1024 < bytes) await new Promise((resolve) => setTimeout(resolve, 5));
};
