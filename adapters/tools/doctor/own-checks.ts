/** The monitor itself: what it needs to run, to survive when memory is short, and to clean up (rules R3, R13). */
import * as E from 'fp-ts/Either';
import { formatBytes } from '../../../machines/shared/format';
import { mountOf } from '../../shared/parse/mountinfo';
import { OWN_MIN_BYTES, OWN_OOM_SCORE_ADJ } from '../../monitor/own-process';
import { type DoctorCheck, lacks, ok, finding } from './check';

const LEAST_NODE = 20;

const node: DoctorCheck = {
  name: 'Node',
  needs: ['sensing'],
  judge: ({ own: { nodeVersion } }) =>
    Number.parseInt(nodeVersion, 10) >= LEAST_NODE
      ? ok(nodeVersion)
      : lacks(nodeVersion, `Node ${LEAST_NODE} or later`),
};

/** The OOM killer takes the process with the highest score. */
const oomScore: DoctorCheck = {
  name: 'OOM score',
  needs: ['own safety'],
  judge: ({ own: { oomScoreAdj, rights } }) => {
    const fix = 'OOMScoreAdjust=-900 in the unit, or the right to lower it (CAP_SYS_RESOURCE)';
    if (E.isLeft(oomScoreAdj)) return finding(oomScoreAdj.left, fix);
    if (oomScoreAdj.right <= OWN_OOM_SCORE_ADJ) return ok(`oom_score_adj is ${oomScoreAdj.right}`);
    return E.isRight(rights) && rights.right.capabilities.includes('CAP_SYS_RESOURCE')
      ? ok(`oom_score_adj is ${oomScoreAdj.right} and may be lowered`)
      : finding(
          `oom_score_adj is ${oomScoreAdj.right} and may not be lowered: the OOM killer may take the monitor`,
          fix,
        );
  },
};

const memoryMin: DoctorCheck = {
  name: 'own memory',
  needs: ['own safety'],
  judge: ({ own: { memoryMinBytes } }) => {
    const fix =
      'MemoryMin=64M and Slice=-.slice in the unit: every cgroup above it must grant it too, and system.slice does not';
    if (E.isLeft(memoryMinBytes)) return finding(memoryMinBytes.left, fix);
    return memoryMinBytes.right >= OWN_MIN_BYTES
      ? ok(
          `memory.min keeps ${Number.isFinite(memoryMinBytes.right) ? formatBytes(memoryMinBytes.right) : 'all of it'}`,
        )
      : finding(
          `memory.min keeps ${formatBytes(memoryMinBytes.right)} of the monitor in memory: samples come late when memory is short`,
          fix,
        );
  },
};

/** The watchdog process, which lifts limits when the monitor cannot, is a small shell script. */
const shell: DoctorCheck = {
  name: '/bin/sh',
  needs: ['tripwire', 'throttle', 'shmCap'],
  judge: ({ programs: { sh } }) =>
    sh === null ? lacks('no /bin/sh that may be executed', 'install one: busybox or dash will do') : ok(sh),
};

const runtimeDirectory: DoctorCheck = {
  name: 'runtime directory',
  needs: ['tripwire', 'throttle', 'shmCap'],
  judge: ({ runtimeDirectory: { path, holdsFiles, safe }, mounts }) => {
    const fix = 'RuntimeDirectory=vm-monitor in the unit, or RUNTIME_DIRECTORY=/run/vm-monitor in the environment';
    if (!holdsFiles)
      return lacks(`may not write ${path}: no limit is set that could not be recognised as ours later`, fix);
    if (E.isLeft(safe)) return lacks(`${safe.left}; so nothing is written`, fix);
    const fsType = E.isLeft(mounts) ? undefined : mountOf(mounts.right, path)?.fsType;
    return fsType === 'tmpfs'
      ? ok(`${path}, on a tmpfs`)
      : finding(
          `${path} lies on ${fsType ?? 'an unknown file system'}: intent records of limits would outlive a boot, the limits do not`,
          fix,
        );
  },
};

const stateDirectory: DoctorCheck = {
  name: 'state directory',
  needs: ['event log'],
  judge: ({ stateDirectory: directory }) => {
    if (directory === null) return ok('not wanted (--event-log none)');
    if (directory.foreign !== null) {
      return finding(
        `${directory.foreign}: they could put files in place of ours, so root keeps no event log there`,
        `chown root ${directory.path} && chmod 0700 ${directory.path} (or to our own user), or another --event-log DIR`,
      );
    }
    return directory.holdsFiles
      ? ok(directory.path)
      : finding(
          `may not write ${directory.path}: no event log`,
          'StateDirectory=vm-monitor in the unit, or --event-log DIR',
        );
  },
};

const OTHERS = 0o077;

const tokenFile: DoctorCheck = {
  name: 'token file',
  needs: ['own safety'],
  judge: ({ tokenFile: file }) => {
    if (file === null) return ok('none is named');
    if (E.isLeft(file.mode)) return finding(file.mode.left, 'a file with one token, mode 0600');
    const permissions = (file.mode.right & 0o777).toString(8).padStart(4, '0');
    return (file.mode.right & OTHERS) === 0
      ? ok(`${file.path}, mode ${permissions}`)
      : finding(`${file.path} has mode ${permissions}: others may read the token`, `chmod 0600 ${file.path}`);
  },
};

const password: DoctorCheck = {
  name: 'password in arguments',
  needs: ['own safety'],
  judge: ({ passwordInArguments }) =>
    passwordInArguments
      ? finding(
          'the password of --pgconnstr stands in the command line, which every user can read in /proc',
          'VM_MONITOR_PGCONNSTR in an EnvironmentFile= of mode 0600, or pgconnstr in a --config file of mode 0600',
        )
      : ok('none'),
};

const notify: DoctorCheck = {
  name: 'systemd-notify',
  needs: ['sensing'],
  judge: ({ own: { notifies }, programs: { systemdNotify } }) => {
    if (!notifies) return ok('not needed, NOTIFY_SOCKET is not set');
    return systemdNotify === null
      ? lacks(
          'no systemd-notify in PATH: systemd would wait in vain and stop the service',
          'install systemd, or Type=exec and no WatchdogSec= in the unit',
        )
      : ok(systemdNotify);
  },
};

export const OWN_CHECKS: readonly DoctorCheck[] = [
  node,
  oomScore,
  memoryMin,
  shell,
  runtimeDirectory,
  stateDirectory,
  tokenFile,
  password,
  notify,
];
