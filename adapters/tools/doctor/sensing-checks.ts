/** What the kernel reports, and where it is known to act otherwise than one would think. */
import * as E from 'fp-ts/Either';
import { formatMs } from '../../../machines/shared/format';
import { type DoctorCheck, lacks, ok, finding } from './check';
import type { Fact } from './facts';

const pressure: DoctorCheck = {
  name: 'pressure of the VM (PSI)',
  needs: ['sensing'],
  judge: ({ pressure: found }) =>
    E.isRight(found) ? ok(found.right) : finding(found.left, 'boot with psi=1, on a kernel with CONFIG_PSI=y'),
};

const schedstat: DoctorCheck = {
  name: 'waiting time of tasks (schedstat)',
  needs: ['sensing'],
  judge: ({ schedstat: found }) =>
    E.isRight(found)
      ? ok(found.right)
      : finding(
          `${found.left}; CPU demand is estimated from the number of runnable tasks instead`,
          'a kernel with CONFIG_SCHEDSTATS=y',
        ),
};

const stealTime: DoctorCheck = {
  name: 'stolen CPU time',
  needs: ['sensing'],
  judge: ({ stealMs }) => {
    const fix =
      'if the host is shared: a kernel with CONFIG_PARAVIRT_TIME_ACCOUNTING=y, booted without no-steal-acc, on a hypervisor that reports it (KVM does)';
    if (E.isLeft(stealMs)) return finding(stealMs.left, fix);
    return stealMs.right > 0
      ? ok(`${formatMs(stealMs.right)} since boot`)
      : finding('none since boot: none was stolen, or it is not counted', fix);
  },
};

const shown = (limit: Fact<number>): string => (E.isRight(limit) ? String(limit.right) : 'unknown');

/** Without a notification the tripwire would be lifted a sample later, and Postgres throttled until then. */
const inotify: DoctorCheck = {
  name: 'notification (inotify)',
  needs: ['tripwire'],
  judge: ({ inotify: { watch, maxInstances, maxWatches } }) => {
    const limits = `max_user_instances ${shown(maxInstances)}, max_user_watches ${shown(maxWatches)}`;
    return E.isRight(watch)
      ? ok(`a watch could be set (${limits})`)
      : lacks(
          `${watch.left} (${limits})`,
          'sysctl -w fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=65536',
        );
  },
};

/** Kernels with a trap: all before this version. */
const KERNEL_TRAPS = [
  { before: [5, 18], trap: 'memory.high does not bind inside one system call (before 5.18: c9afe31ec443)' },
  { before: [6, 8], trap: 'dying tasks are throttled by memory.high too (before 6.8: 63fd327016fd)' },
] as const;

const kernelVersion: DoctorCheck = {
  name: 'kernel version',
  needs: ['throttle'],
  judge: ({ kernelRelease }) => {
    const fix = 'Linux 6.8 or later, or one with these commits backported';
    if (E.isLeft(kernelRelease)) return finding(kernelRelease.left, fix);
    const release = kernelRelease.right;
    const [, majorText, minorText] = /^(\d+)\.(\d+)/.exec(release) ?? [];
    if (majorText === undefined) return finding(`cannot read the version from ${JSON.stringify(release)}`, fix);
    const [major, minor] = [Number(majorText), Number(minorText)];
    const traps = KERNEL_TRAPS.filter(({ before }) => major < before[0] || (major === before[0] && minor < before[1]));
    return traps.length === 0 ? ok(release) : finding(`${release}: ${traps.map(({ trap }) => trap).join('; ')}`, fix);
  },
};

export const SENSING_CHECKS: readonly DoctorCheck[] = [pressure, schedstat, stealTime, inotify, kernelVersion];
