/** The TCP ports of this machine that a process listens on, as the kernel tells. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

const socketsOf = (pid: number): ReadonlySet<string> => {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      // Closed since it was listed.
      return '';
    }
  });
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
};

/** In no order. proc(5): column 1 is the local address in hex, 3 the state, 9 the socket's inode. */
export const listeningPorts = (pid: number): readonly number[] => {
  const sockets = socketsOf(pid);
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === LISTEN && sockets.has(columns[9] ?? ''))
      .map(([, local = '']) => parseInt(local.split(':').at(-1) ?? '', 16)),
  );
};
