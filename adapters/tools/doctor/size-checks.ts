/** Whether a grant does good: memory and CPUs that are added come into use, and Postgres can use them. */
import * as E from 'fp-ts/Either';
import { formatBytes } from '../../../machines/shared/format';
import { type MachineCheck, finding, known, ok } from './check';
import type { Fact } from './read';

const shown = (bytes: Fact<number>): string => (E.isRight(bytes) ? formatBytes(bytes.right) : 'unknown');

/** vm.overcommit_memory; kernel doc mm/overcommit-accounting. */
const STRICT = 2;

const HOTPLUG_FIX =
  'boot with memhp_default_state=online memory_hotplug.online_policy=auto-movable; now: ' +
  'echo online >/sys/devices/system/memory/auto_online_blocks; ' +
  'echo auto-movable >/sys/module/memory_hotplug/parameters/online_policy';

/**
 * Added memory needs 16 MiB per GiB of the kernel's own zones before it gives any (memmap). Where all of
 * it becomes movable, a large grant to a small full VM empties these zones and ends in the OOM killer
 * with gigabytes available: measured, + 8 GiB on 512 MiB.
 */
const AUTO_ONLINE_TRAPS: ReadonlyMap<string, string> = new Map([
  ['offline', 'memory that is added stays unused'],
  [
    'online_movable',
    'a large grant to a small, full VM ends in the OOM killer: all that is added is movable, and the kernel has no room to manage it',
  ],
  ['online_kernel', 'memory that is added may not be taken away again'],
]);

const ONLINE_RULE =
  'always: --hotplug-cpus, or udev: SUBSYSTEM=="cpu", ACTION=="add", TEST=="online", ATTR{online}!="1", ATTR{online}="1"';

export const SIZE_CHECKS: Readonly<Record<string, MachineCheck>> = {
  overcommit: {
    needs: ['sizing'],
    judge: ({ overcommit: { mode, limitBytes, committedBytes } }) => {
      const fix = 'sysctl -w vm.overcommit_memory=0, or raise vm.overcommit_ratio';
      const trap =
        `vm.overcommit_memory=2: Postgres runs into "out of memory" at ${shown(limitBytes)} of promised memory ` +
        `(${shown(committedBytes)} now), however little it uses; no growth announces that`;
      return known(mode, fix, (found) => (found === STRICT ? finding(trap, fix) : ok(`vm.overcommit_memory=${found}`)));
    },
  },
  swap: {
    needs: ['throttle'],
    judge: ({ swapBytes }) => {
      const fix = 'swapoff -a, or echo 0 to memory.swap.max of the cgroup';
      const trap = 'what is throttled or short of memory goes to swap and makes all wait, before it fails';
      return known(swapBytes, fix, (bytes) =>
        bytes === 0 ? ok('none') : finding(`${formatBytes(bytes)}: ${trap}`, fix),
      );
    },
  },
  'adding memory': {
    needs: ['sizing'],
    judge: ({ memoryHotplug: { autoOnline, policy } }) =>
      known(autoOnline, 'a kernel with CONFIG_MEMORY_HOTPLUG=y', (online) => {
        const trap = AUTO_ONLINE_TRAPS.get(online);
        if (trap !== undefined) return finding(`auto_online_blocks=${online}: ${trap}`, HOTPLUG_FIX);
        return known(policy, 'Linux 5.15 or later, which has memory_hotplug.online_policy', (zones) =>
          zones === 'auto-movable'
            ? ok(`auto_online_blocks=${online}, online_policy=auto-movable`)
            : finding(`online_policy=${zones}: memory that is added may not be taken away again`, HOTPLUG_FIX),
        );
      }),
  },
  'adding CPUs': {
    needs: ['sizing'],
    judge: ({ offlineCpus }) =>
      known(offlineCpus, 'mount sysfs at /sys', (cpus) => {
        if (cpus.length === 0) return ok('all CPUs that are there are in use');
        const now = cpus.map((cpu) => `echo 1 >/sys/devices/system/cpu/cpu${cpu}/online`).join('; ');
        return finding(`CPU ${cpus.join(', ')} there, but offline`, `${now}; ${ONLINE_RULE}`);
      }),
  },
};
