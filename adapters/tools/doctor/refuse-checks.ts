/** Whether /dev/shm can be capped, so that a parallel build fails by an SQL error (mount(8): remount,size=). */
import * as E from 'fp-ts/Either';
import { capObstacle, SHARED_MEMORY_MOUNT } from '../../monitor/protection/shm-cap/cap-obstacle';
import { type DoctorCheck, lacks, ok, finding } from './check';

const sharedMemory: DoctorCheck = {
  name: 'shared memory',
  needs: ['shmCap'],
  judge: ({ mounts }) => {
    if (E.isLeft(mounts)) return finding(mounts.left, 'mount proc at /proc');
    const obstacle = capObstacle(mounts.right, SHARED_MEMORY_MOUNT);
    return obstacle === null ? ok(`a tmpfs of its own at ${SHARED_MEMORY_MOUNT}`) : lacks(obstacle.found, obstacle.fix);
  },
};

const remounting: DoctorCheck = {
  name: 'right to remount',
  needs: ['shmCap'],
  judge: ({ own: { rights } }) => {
    const fix = 'run as root; in the unit: CapabilityBoundingSet=CAP_SYS_ADMIN and SystemCallFilter=@mount';
    if (E.isLeft(rights)) return finding(rights.left, fix);
    return rights.right.capabilities.includes('CAP_SYS_ADMIN') ? ok('CAP_SYS_ADMIN') : lacks('no CAP_SYS_ADMIN', fix);
  },
};

const mountProgram: DoctorCheck = {
  name: 'mount',
  needs: ['shmCap'],
  judge: ({ programs: { mount } }) =>
    mount === null ? lacks('no mount in PATH', 'install the package "mount" or busybox') : ok(mount),
};

export const SHM_CAP_CHECKS: readonly DoctorCheck[] = [sharedMemory, remounting, mountProgram];
