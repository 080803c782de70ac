/** The process itself: its rights, its cgroup, its chances when memory runs out. */
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Variables } from '../../shared/config/environment';
import { ownCgroup } from '../../monitor/own-process';
import type { Fact, OwnFacts } from './facts';
import { protectedBytes, rights, signedNumber } from './parse';
import { readFact } from './read';

interface Where {
  readonly procRoot: string;
  readonly cgroupRoot: string;
  readonly environment: Variables;
  readonly nodeVersion: string;
}

/**
 * memory.min protects only as far as each cgroup above has it too (kernel doc admin-guide/cgroup-v2,
 * "effective min boundary"), so the least of them counts. The root has none, and grants all to those below it.
 */
const leastMemoryMin = async (cgroupRoot: string, own: string): Promise<Fact<number>> => {
  if (own === '/') return E.left('it runs in the root cgroup, which has no memory.min');
  let least = Infinity;
  for (let path = own; path !== '/'; path = dirname(path)) {
    const bytes = await readFact(join(cgroupRoot, path, 'memory.min'), protectedBytes);
    if (E.isLeft(bytes)) return bytes;
    least = Math.min(least, bytes.right);
  }
  return E.right(least);
};

export const probeOwn = async ({ procRoot, cgroupRoot, environment, nodeVersion }: Where): Promise<OwnFacts> => {
  const self = (file: string): string => join(procRoot, 'self', file);
  const cgroup = await ownCgroup(procRoot);
  return {
    rights: await readFact(self('status'), rights),
    cgroup,
    memoryMinBytes: E.isLeft(cgroup) ? cgroup : await leastMemoryMin(cgroupRoot, cgroup.right),
    oomScoreAdj: await readFact(self('oom_score_adj'), signedNumber),
    nodeVersion,
    notifies: (environment['NOTIFY_SOCKET'] ?? '') !== '',
  };
};
