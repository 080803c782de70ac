/** Which cgroup the monitor itself lives in (cgroups(7), /proc/PID/cgroup). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { fileFailure } from '../../shared/node-error';

/** Hierarchy 0 is cgroup v2; hybrid systems have lines of v1 hierarchies beside it. */
const V2_LINE = /^0::(\/.*)$/m;

const pathIn = (file: string, text: string): E.Either<string, string> => {
  const path = V2_LINE.exec(text)?.[1];
  if (path === undefined) return E.left(`${file}: no line "0::/path", so no cgroup v2 here`);
  if (path.split('/').includes('..')) return E.left(`${file}: ${path} lies outside the mount that we see`);
  return path.endsWith(' (deleted)') ? E.left(`${file}: ${path}: the cgroup was removed under us`) : E.right(path);
};

/**
 * Our path below the cgroup v2 mount, e.g. "/system.slice/vm-monitor.service"; "/" is the root. Never
 * rejects. Left: one line that names the file and why there is no path.
 */
export const ownCgroup = (procRoot: string): Promise<E.Either<string, string>> => {
  const file = join(procRoot, 'self/cgroup');
  const text = E.tryCatch(
    // A throttle waits for it: the thread pool can be seconds late in a VM that is short (adapters/monitor/protection/files.ts).
    () => readFileSync(file, 'utf8'),
    (error) => fileFailure(file, error).message,
  );
  return Promise.resolve(E.isLeft(text) ? text : pathIn(file, text.right));
};

const segments = (path: string): readonly string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/**
 * Whether `inner` is `outer` or lies below it; both are paths below the mount, with or without a
 * leading slash. A monitor inside the managed cgroup refuses every limit: it would throttle itself.
 */
export const isInside = (outer: string, inner: string): boolean => {
  const below = segments(inner);
  return segments(outer).every((part, index) => part === below[index]);
};
