/** Whether a mount may be given another size by us: the kernel allows more than is good (tmpfs(5), mount(8)). */
import { type Mount, mountOf } from '../../../shared/parse/mountinfo';

/** Where the segments of Postgres' statements lie (dynamic_shared_memory_type = posix); fixed by the C library. */
export const SHARED_MEMORY_MOUNT = '/dev/shm';

/** Why not, and the fix, one line each. */
interface CapObstacle {
  readonly found: string;
  readonly fix: string;
}

const isAlone = ({ fsType, root }: Mount): boolean => fsType === 'tmpfs' && root === '/';

/** Null: it is a tmpfs of its own that a remount does no harm to. */
export const capObstacle = (mounts: readonly Mount[], mountPoint: string): CapObstacle | null => {
  const fix = `before Postgres starts: mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs ${mountPoint}`;
  const mount = mountOf(mounts, mountPoint);
  if (mount === null) return { found: `nothing is mounted at ${mountPoint}`, fix };
  if (mount.mountPoint !== mountPoint || !isAlone(mount)) {
    return { found: `${mountPoint} is no tmpfs of its own but part of ${mount.fsType} at ${mount.mountPoint}`, fix };
  }
  // The size belongs to the file system, not to the mount: whoever else uses it would be capped too.
  const shared = mounts.find((other) => other.device === mount.device && other.mountPoint !== mountPoint);
  if (shared !== undefined) {
    return { found: `${mountPoint} is one file system with ${shared.mountPoint}, which would be capped too`, fix };
  }
  // mount(8) repeats the options it finds, and "ro" would then hold for the file system, that is for Postgres too.
  if (mount.readOnly) {
    return {
      found: `${mountPoint} is read-only for this process; a remount would make it so for Postgres`,
      fix: 'keep it out of ReadOnlyPaths= and the like in the unit',
    };
  }
  return null;
};
