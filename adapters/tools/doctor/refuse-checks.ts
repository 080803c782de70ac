/** Whether /dev/shm can be capped, so that a parallel build fails by an SQL error (mount(8): remount,size=). */
import * as E from 'fp-ts/Either';
import { capObstacle, SHARED_MEMORY_MOUNT } from '../../monitor/protection/throttle';
import { type Check, missing, ok, warning } from './check';

const sharedMemory: Check = {
  name: 'shared memory',
  needs: ['refuse'],
  judge: ({ mounts }) => {
    if (E.isLeft(mounts)) return warning(mounts.left, 'mount proc at /proc');
    const obstacle = capObstacle(mounts.right, SHARED_MEMORY_MOUNT);
    return obstacle === null
      ? ok(`a tmpfs of its own at ${SHARED_MEMORY_MOUNT}`)
      : missing(obstacle.found, obstacle.fix);
  },
};

const remounting: Check = {
  name: 'right to remount',
  needs: ['refuse'],
  judge: ({ own: { rights } }) => {
    const fix = 'run as root; in the unit: CapabilityBoundingSet=CAP_SYS_ADMIN and SystemCallFilter=@mount';
    if (E.isLeft(rights)) return warning(rights.left, fix);
    return rights.right.capabilities.includes('CAP_SYS_ADMIN') ? ok('CAP_SYS_ADMIN') : missing('no CAP_SYS_ADMIN', fix);
  },
};

const mountProgram: Check = {
  name: 'mount',
  needs: ['refuse'],
  judge: ({ programs: { mount } }) =>
    mount === null ? missing('no mount in PATH', 'install the package "mount" or busybox') : ok(mount),
};

export const REFUSE_CHECKS: readonly Check[] = [sharedMemory, remounting, mountProgram];
