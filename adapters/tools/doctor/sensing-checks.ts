/** What the kernel reports, and where it is known to act otherwise than one would think. */
import * as E from 'fp-ts/Either';
import { formatMs } from '../../../machines/shared/format';
import { type MachineCheck, finding, known, lacks, ok } from './check';
import type { Fact } from './read';

const shown = (limit: Fact<number>): string => (E.isRight(limit) ? String(limit.right) : 'unknown');

/** Kernels with a trap: all before this version. */
const KERNEL_TRAPS = [
  { before: [5, 18], trap: 'memory.high does not bind inside one system call (before 5.18: c9afe31ec443)' },
  { before: [6, 8], trap: 'dying tasks are throttled by memory.high too (before 6.8: 63fd327016fd)' },
] as const;

export const SENSING_CHECKS: Readonly<Record<string, MachineCheck>> = {
  'pressure of the VM (PSI)': {
    needs: ['sensing'],
    judge: ({ pressure }) => known(pressure, 'boot with psi=1, on a kernel with CONFIG_PSI=y', ok),
  },
  'waiting time of tasks (schedstat)': {
    needs: ['sensing'],
    judge: ({ schedstat }) => {
      const estimate = 'CPU demand is estimated from the number of runnable tasks instead';
      return E.isRight(schedstat)
        ? ok(schedstat.right)
        : finding(`${schedstat.left}; ${estimate}`, 'a kernel with CONFIG_SCHEDSTATS=y');
    },
  },
  'stolen CPU time': {
    needs: ['sensing'],
    judge: ({ stealMs }) => {
      const fix =
        'if the host is shared: a kernel with CONFIG_PARAVIRT_TIME_ACCOUNTING=y, booted without no-steal-acc, on a hypervisor that reports it (KVM does)';
      return known(stealMs, fix, (ms) =>
        ms > 0
          ? ok(`${formatMs(ms)} since boot`)
          : finding('none since boot: none was stolen, or it is not counted', fix),
      );
    },
  },
  // Without a notification the tripwire would be lifted a sample later, and Postgres throttled until then.
  'notification (inotify)': {
    needs: ['tripwire'],
    judge: ({ inotify: { watch, maxInstances, maxWatches } }) => {
      const limits = `max_user_instances ${shown(maxInstances)}, max_user_watches ${shown(maxWatches)}`;
      const fix = 'sysctl -w fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=65536';
      return E.isRight(watch) ? ok(`a watch could be set (${limits})`) : lacks(`${watch.left} (${limits})`, fix);
    },
  },
  'kernel version': {
    needs: ['throttle'],
    judge: ({ kernelRelease }) => {
      const fix = 'Linux 6.8 or later, or one with these commits backported';
      return known(kernelRelease, fix, (release) => {
        const [, majorText, minorText] = /^(\d+)\.(\d+)/.exec(release) ?? [];
        if (majorText === undefined) return finding(`cannot read the version from ${JSON.stringify(release)}`, fix);
        const [major, minor] = [Number(majorText), Number(minorText)];
        const traps = KERNEL_TRAPS.filter(
          ({ before }) => major < before[0] || (major === before[0] && minor < before[1]),
        );
        return traps.length === 0
          ? ok(release)
          : finding(`${release}: ${traps.map(({ trap }) => trap).join('; ')}`, fix);
      });
    },
  },
};
