/** The monitor itself: what it needs to run, to survive when memory is short, and to clean up (rules R3, R13). */
import * as E from 'fp-ts/Either';
import { formatBytes } from '../../../machines/shared/format';
import { OWN_MIN_BYTES, OWN_OOM_SCORE_ADJ } from '../../monitor/own-process';
import { capObstacle, SHARED_MEMORY_MOUNT } from '../../monitor/protection/shm-cap/cap-obstacle';
import { mountOf } from '../../shared/parse/mountinfo';
import { type MachineCheck, finding, known, lacks, ok } from './check';

const LEAST_NODE = 20;
const OTHERS = 0o077;

export const OWN_CHECKS: Readonly<Record<string, MachineCheck>> = {
  Node: {
    needs: ['sensing'],
    judge: ({ own: { nodeVersion } }) =>
      Number.parseInt(nodeVersion, 10) >= LEAST_NODE
        ? ok(nodeVersion)
        : lacks(nodeVersion, `Node ${LEAST_NODE} or later`),
  },
  // The OOM killer takes the process with the highest score.
  'OOM score': {
    needs: ['own safety'],
    judge: ({ own: { oomScoreAdj, rights } }) => {
      const fix = 'OOMScoreAdjust=-900 in the unit, or the right to lower it (CAP_SYS_RESOURCE)';
      return known(oomScoreAdj, fix, (score) => {
        if (score <= OWN_OOM_SCORE_ADJ) return ok(`oom_score_adj is ${score}`);
        return E.isRight(rights) && rights.right.capabilities.includes('CAP_SYS_RESOURCE')
          ? ok(`oom_score_adj is ${score} and may be lowered`)
          : finding(`oom_score_adj is ${score} and may not be lowered: the OOM killer may take the monitor`, fix);
      });
    },
  },
  'own memory': {
    needs: ['own safety'],
    judge: ({ own: { memoryMinBytes } }) => {
      const fix =
        'MemoryMin=64M and Slice=-.slice in the unit: every cgroup above it must grant it too, and system.slice does not';
      return known(memoryMinBytes, fix, (bytes) => {
        const kept = `memory.min keeps ${Number.isFinite(bytes) ? formatBytes(bytes) : 'all of it'}`;
        return bytes >= OWN_MIN_BYTES
          ? ok(kept)
          : finding(`${kept} of the monitor in memory: samples come late when memory is short`, fix);
      });
    },
  },
  // The watchdog process, which lifts limits when the monitor cannot, is a small shell script.
  '/bin/sh': {
    needs: ['tripwire', 'throttle', 'shmCap'],
    judge: ({ programs: { sh } }) =>
      sh === null ? lacks('no /bin/sh that may be executed', 'install one: busybox or dash will do') : ok(sh),
  },
  'runtime directory': {
    needs: ['tripwire', 'throttle', 'shmCap'],
    judge: ({ runtimeDirectory: { path, holdsFiles, safe }, mounts }) => {
      const fix = 'RuntimeDirectory=vm-monitor in the unit, or RUNTIME_DIRECTORY=/run/vm-monitor in the environment';
      if (!holdsFiles)
        return lacks(`may not write ${path}: no limit is set that could not be recognised as ours later`, fix);
      if (E.isLeft(safe)) return lacks(`${safe.left}; so nothing is written`, fix);
      const fsType = E.isLeft(mounts) ? undefined : mountOf(mounts.right, path)?.fsType;
      if (fsType === 'tmpfs') return ok(`${path}, on a tmpfs`);
      const trap = 'intent records of limits would outlive a boot, the limits do not';
      return finding(`${path} lies on ${fsType ?? 'an unknown file system'}: ${trap}`, fix);
    },
  },
  'state directory': {
    needs: ['event log'],
    judge: ({ stateDirectory }) => {
      if (stateDirectory === null) return ok('not wanted (--event-log none)');
      const { path, foreign, holdsFiles } = stateDirectory;
      if (foreign !== null) {
        return finding(
          `${foreign}: they could put files in place of ours, so root keeps no event log there`,
          `chown root ${path} && chmod 0700 ${path} (or to our own user), or another --event-log DIR`,
        );
      }
      const fix = 'StateDirectory=vm-monitor in the unit, or --event-log DIR';
      return holdsFiles ? ok(path) : finding(`may not write ${path}: no event log`, fix);
    },
  },
  'token file': {
    needs: ['own safety'],
    judge: ({ tokenFile }) => {
      if (tokenFile === null) return ok('none is named');
      const { path } = tokenFile;
      return known(tokenFile.mode, 'a file with one token, mode 0600', (mode) => {
        const permissions = (mode & 0o777).toString(8).padStart(4, '0');
        return (mode & OTHERS) === 0
          ? ok(`${path}, mode ${permissions}`)
          : finding(`${path} has mode ${permissions}: others may read the token`, `chmod 0600 ${path}`);
      });
    },
  },
  'password in arguments': {
    needs: ['own safety'],
    judge: ({ passwordInArguments }) =>
      passwordInArguments
        ? finding(
            'the password of --pgconnstr stands in the command line, which every user can read in /proc',
            'VM_MONITOR_PGCONNSTR in an EnvironmentFile= of mode 0600, or pgconnstr in a --config file of mode 0600',
          )
        : ok('none'),
  },
  'systemd-notify': {
    needs: ['sensing'],
    judge: ({ own: { notifies }, programs: { systemdNotify } }) => {
      if (!notifies) return ok('not needed, NOTIFY_SOCKET is not set');
      if (systemdNotify !== null) return ok(systemdNotify);
      return lacks(
        'no systemd-notify in PATH: systemd would wait in vain and stop the service',
        'install systemd, or Type=exec and no WatchdogSec= in the unit',
      );
    },
  },
  // The rest: whether /dev/shm can be capped, so that a parallel build fails by an SQL error (mount(8): remount,size=).
  'shared memory': {
    needs: ['shmCap'],
    judge: ({ mounts }) =>
      known(mounts, 'mount proc at /proc', (found) => {
        const obstacle = capObstacle(found, SHARED_MEMORY_MOUNT);
        if (obstacle !== null) return lacks(obstacle.found, obstacle.fix);
        return ok(`a tmpfs of its own at ${SHARED_MEMORY_MOUNT}`);
      }),
  },
  'right to remount': {
    needs: ['shmCap'],
    judge: ({ own }) => {
      const fix = 'run as root; in the unit: CapabilityBoundingSet=CAP_SYS_ADMIN and SystemCallFilter=@mount';
      return known(own.rights, fix, ({ capabilities }) =>
        capabilities.includes('CAP_SYS_ADMIN') ? ok('CAP_SYS_ADMIN') : lacks('no CAP_SYS_ADMIN', fix),
      );
    },
  },
  mount: {
    needs: ['shmCap'],
    judge: ({ programs: { mount } }) =>
      mount === null ? lacks('no mount in PATH', 'install the package "mount" or busybox') : ok(mount),
  },
};
