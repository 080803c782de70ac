/** The monitor itself: what it needs to run, to survive when memory is short, and to clean up (rules R3, R13). */
import * as E from 'fp-ts/Either';
import { formatBytes } from '../../machines/format';
import { mountOf } from '../kernel/parse/mountinfo';
import { OWN_MIN_BYTES, OWN_OOM_SCORE_ADJ } from '../own-process';
import { type Check, missing, ok, warning } from './check';

const LEAST_NODE = 20;

const node: Check = {
  name: 'Node',
  needs: ['sensing'],
  judge: ({ own: { nodeVersion } }) =>
    Number.parseInt(nodeVersion, 10) >= LEAST_NODE
      ? ok(nodeVersion)
      : missing(nodeVersion, `Node ${LEAST_NODE} or later`),
};

/** The OOM killer takes the process with the highest score. */
const oomScore: Check = {
  name: 'OOM score',
  needs: ['own safety'],
  judge: ({ own: { oomScoreAdj, rights } }) => {
    const fix = 'OOMScoreAdjust=-900 in the unit, or the right to lower it (CAP_SYS_RESOURCE)';
    if (E.isLeft(oomScoreAdj)) return warning(oomScoreAdj.left, fix);
    if (oomScoreAdj.right <= OWN_OOM_SCORE_ADJ) return ok(`oom_score_adj is ${oomScoreAdj.right}`);
    return E.isRight(rights) && rights.right.capabilities.includes('CAP_SYS_RESOURCE')
      ? ok(`oom_score_adj is ${oomScoreAdj.right} and may be lowered`)
      : warning(
          `oom_score_adj is ${oomScoreAdj.right} and may not be lowered: the OOM killer may take the monitor`,
          fix,
        );
  },
};

const memoryMin: Check = {
  name: 'own memory',
  needs: ['own safety'],
  judge: ({ own: { memoryMinBytes } }) => {
    const fix =
      'MemoryMin=64M and Slice=-.slice in the unit: every cgroup above it must grant it too, and system.slice does not';
    if (E.isLeft(memoryMinBytes)) return warning(memoryMinBytes.left, fix);
    return memoryMinBytes.right >= OWN_MIN_BYTES
      ? ok(
          `memory.min keeps ${Number.isFinite(memoryMinBytes.right) ? formatBytes(memoryMinBytes.right) : 'all of it'}`,
        )
      : warning(
          `memory.min keeps ${formatBytes(memoryMinBytes.right)} of the monitor in memory: beats come late when memory is short`,
          fix,
        );
  },
};

/** The guard, which lifts limits when the monitor cannot, is a small shell script. */
const shell: Check = {
  name: '/bin/sh',
  needs: ['tripwire', 'hold', 'refuse'],
  judge: ({ programs: { sh } }) =>
    sh === null ? missing('no /bin/sh that may be executed', 'install one: busybox or dash will do') : ok(sh),
};

const runtimeDirectory: Check = {
  name: 'runtime directory',
  needs: ['tripwire', 'hold', 'refuse'],
  judge: ({ runtimeDirectory: { path, holdsFiles, safe }, mounts }) => {
    const fix = 'RuntimeDirectory=vm-monitor in the unit, or RUNTIME_DIRECTORY=/run/vm-monitor in the environment';
    if (!holdsFiles) return missing(`may not write ${path}: no limit is set that could not be told as ours later`, fix);
    if (E.isLeft(safe)) return missing(`${safe.left}; so nothing is written`, fix);
    const fsType = E.isLeft(mounts) ? undefined : mountOf(mounts.right, path)?.fsType;
    return fsType === 'tmpfs'
      ? ok(`${path}, on a tmpfs`)
      : warning(
          `${path} lies on ${fsType ?? 'an unknown file system'}: notes of limits would outlive a boot, the limits do not`,
          fix,
        );
  },
};

const stateDirectory: Check = {
  name: 'state directory',
  needs: ['event log'],
  judge: ({ stateDirectory: directory }) => {
    if (directory === null) return ok('not wanted (--event-log none)');
    return directory.holdsFiles
      ? ok(directory.path)
      : warning(
          `may not write ${directory.path}: no event log`,
          'StateDirectory=vm-monitor in the unit, or --event-log DIR',
        );
  },
};

const notify: Check = {
  name: 'systemd-notify',
  needs: ['sensing'],
  judge: ({ own: { notifies }, programs: { systemdNotify } }) => {
    if (!notifies) return ok('not needed, NOTIFY_SOCKET is not set');
    return systemdNotify === null
      ? missing(
          'no systemd-notify in PATH: systemd would wait in vain and stop the service',
          'install systemd, or Type=exec and no WatchdogSec= in the unit',
        )
      : ok(systemdNotify);
  },
};

export const OWN_CHECKS: readonly Check[] = [
  node,
  oomScore,
  memoryMin,
  shell,
  runtimeDirectory,
  stateDirectory,
  notify,
];
