/** The managed cgroup and the directory above it, where the throttle cgroup is made. */
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { CgroupFacts, Fact } from './facts';
import { firstLine, firstProcess, userId, words } from './parse';
import { directoryAccess, fileAccess, readFact, readLinkFact } from './read';

interface Roots {
  readonly procRoot: string;
  readonly cgroupRoot: string;
}

/** Whose Postgres it is, by one of its processes. */
const userOf = async (cgroup: string, procRoot: string): Promise<Fact<number>> => {
  const pid = await readFact(join(cgroup, 'cgroup.procs'), firstProcess);
  return E.isLeft(pid) ? pid : readFact(join(procRoot, String(pid.right), 'status'), userId);
};

/** The same text names the same namespace: "mnt:[4026531841]". */
const sharesMounts = async (cgroup: string, procRoot: string): Promise<Fact<boolean>> => {
  const pid = await readFact(join(cgroup, 'cgroup.procs'), firstProcess);
  if (E.isLeft(pid)) return pid;
  const theirs = await readLinkFact(join(procRoot, String(pid.right), 'ns/mnt'));
  const ours = await readLinkFact(join(procRoot, 'self/ns/mnt'));
  if (E.isLeft(theirs)) return theirs;
  return E.map((own: string) => own === theirs.right)(ours);
};

export const probeCgroup = async ({ procRoot, cgroupRoot }: Roots, name: string): Promise<CgroupFacts> => {
  const path = join(cgroupRoot, name);
  const parent = dirname(path);
  return {
    name,
    path,
    directory: await directoryAccess(path),
    files: {
      'memory.high': await fileAccess(join(path, 'memory.high')),
      'memory.max': await fileAccess(join(path, 'memory.max')),
      'memory.events.local': await fileAccess(join(path, 'memory.events.local')),
    },
    processes: await fileAccess(join(path, 'cgroup.procs')),
    handsOn: await readFact(join(path, 'cgroup.subtree_control'), words),
    pressure: await readFact(join(path, 'memory.pressure'), firstLine),
    userId: await userOf(path, procRoot),
    sharesMounts: await sharesMounts(path, procRoot),
    parent: {
      path: parent,
      directory: await directoryAccess(parent),
      processes: await fileAccess(join(parent, 'cgroup.procs')),
      handsOn: await readFact(join(parent, 'cgroup.subtree_control'), words),
    },
  };
};
