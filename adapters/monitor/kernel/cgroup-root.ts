/** What is mounted where the cgroups should be, and where the named cgroup lies below it. */
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type Either, left, right } from 'fp-ts/Either';
import { fileFailure } from '../../shared/node-error';

export interface CgroupRoot {
  readonly kind: 'v2' | 'v1' | 'hybrid' | 'none';
  /** One line for the operator: what was found, and the fix where there is one. */
  readonly message: string;
}

/** A v1 mount holds one directory for each controller; any of these gives it away. */
const V1_CONTROLLERS = ['memory', 'cpu', 'cpuacct', 'cpuset', 'blkio'];
const FIX = 'boot with systemd.unified_cgroup_hierarchy=1 or cgroup_no_v1=all to get cgroup v2';

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const v1Controllers = async (root: string): Promise<readonly string[]> => {
  const present = await Promise.all(V1_CONTROLLERS.map((name) => exists(join(root, name))));
  return V1_CONTROLLERS.filter((_, index) => present[index]);
};

/** Never rejects. */
export const describeCgroupRoot = async (root: string): Promise<CgroupRoot> => {
  try {
    const controllers = await readFile(join(root, 'cgroup.controllers'), 'utf8');
    return { kind: 'v2', message: `cgroup v2 at ${root} (controllers: ${controllers.trim() || 'none'})` };
  } catch (error) {
    const v1 = await v1Controllers(root);
    if (await exists(join(root, 'unified'))) {
      const found = `v1 controllers beside a v2 tree at ${join(root, 'unified')}`;
      return { kind: 'hybrid', message: `hybrid cgroups at ${root} (${found}): not supported; ${FIX}` };
    }
    if (v1.length > 0) {
      return { kind: 'v1', message: `cgroup v1 at ${root} (found ${v1.join(', ')}): not supported; ${FIX}` };
    }
    return {
      kind: 'none',
      message: `no cgroup mount at ${root} (${fileFailure('cgroup.controllers', error).message})`,
    };
  }
};

/**
 * The directory of the cgroup `name`, e.g. "neon-postgres" or "system.slice/postgres.service". Left:
 * why the name is refused; it must stay below the root.
 */
export const cgroupPath = (root: string, name: string): Either<string, string> => {
  const refused = (why: string): Either<string, string> =>
    left(`cgroup ${JSON.stringify(name)}: ${why}; expected a path below ${root}, e.g. neon-postgres`);
  if (name.includes('\0')) return refused('contains a NUL');
  if (isAbsolute(name)) return refused('is an absolute path');
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0) return refused('names no cgroup');
  if (segments.includes('..')) return refused('contains ".."');
  return right(join(root, ...segments));
};
