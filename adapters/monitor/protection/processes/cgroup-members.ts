/** Which processes are in a cgroup and in those below it (kernel doc admin-guide/cgroup-v2, cgroup.procs). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { type ParseError, showParseError } from '../../../shared/parse/parse-error';
import { wholeNumberAt } from '../../../shared/parse/scan';
import { attemptSync, inWords } from '../attempt';

/** Processes of one cgroup that are looked at: two readings of so many take about 1.5 s, more would come too late. */
const MAX_PROCESSES = 4096;
/** Sub-cgroups that are looked into, and how deep; Postgres has none unless someone made them by hand. */
const MAX_CGROUPS = 64;
const MAX_DEPTH = 4;

/** By pid the directory of the cgroup that the process is in: it goes back there. */
export type Members = ReadonlyMap<number, string>;

/**
 * The pids of a cgroup.procs. 0 stands for a process outside of our pid namespace: it cannot be named
 * by us and is left out.
 */
export const parsePids = (file: string, text: string): Either<ParseError, readonly number[]> => {
  const pids: number[] = [];
  for (const line of text.matchAll(/.+/g)) {
    const pid = wholeNumberAt(file, text, line.index);
    if (E.isLeft(pid)) return pid;
    if (pid.right > 0) pids.push(pid.right);
  }
  return E.right(pids);
};

/** ENOENT, ENODEV: the cgroup was removed. EOPNOTSUPP: a threaded one, whose processes are listed above it. */
const WITHOUT_PROCESSES: ReadonlySet<string> = new Set(['ENOENT', 'ENODEV', 'EOPNOTSUPP']);

interface Listed {
  readonly directory: string;
  readonly pids: readonly number[];
  readonly children: readonly string[];
}

/** At once: neither waits for anything in the kernel (see files.ts). */
const list = (directory: string): Either<string, Listed> => {
  const path = join(directory, 'cgroup.procs');
  const read = attemptSync(path, () => ({
    text: readFileSync(path, 'latin1'),
    entries: readdirSync(directory, { withFileTypes: true }),
  }));
  if (E.isLeft(read) && WITHOUT_PROCESSES.has(read.left.code)) return E.right({ directory, pids: [], children: [] });
  if (E.isLeft(read)) return inWords(read);
  const { text, entries } = read.right;
  const children = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
  return E.bimap(showParseError, (pids: readonly number[]) => ({ directory, pids, children }))(parsePids(path, text));
};

/** At most MAX_PROCESSES, from at most MAX_CGROUPS, MAX_DEPTH levels down; none where there is no such cgroup. */
export const membersOf = (directory: string): Either<string, Members> => {
  const members = new Map<number, string>();
  let level: readonly string[] = [directory];
  let observed = 1;
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const listed of level.map(list)) {
      if (E.isLeft(listed)) return listed;
      for (const pid of listed.right.pids) if (members.size < MAX_PROCESSES) members.set(pid, listed.right.directory);
      next.push(...listed.right.children);
    }
    level = next.slice(0, MAX_CGROUPS - observed);
    observed += level.length;
  }
  return E.right(members);
};
