/** Whether a grant does good: memory and CPUs that are added come into use, and Postgres can use them. */
import * as E from 'fp-ts/Either';
import { formatBytes } from '../../../machines/shared/format';
import { type DoctorCheck, type Judgement, ok, finding } from './check';
import type { Fact } from './facts';

const shown = (bytes: Fact<number>): string => (E.isRight(bytes) ? formatBytes(bytes.right) : 'unknown');

/** vm.overcommit_memory; kernel doc mm/overcommit-accounting. */
const STRICT = 2;

const overcommit: DoctorCheck = {
  name: 'overcommit',
  needs: ['sizing'],
  judge: ({ overcommit: { mode, limitBytes, committedBytes } }) => {
    const fix = 'sysctl -w vm.overcommit_memory=0, or raise vm.overcommit_ratio';
    if (E.isLeft(mode)) return finding(mode.left, fix);
    return mode.right === STRICT
      ? finding(
          `vm.overcommit_memory=2: Postgres runs into "out of memory" at ${shown(limitBytes)} of promised memory ` +
            `(${shown(committedBytes)} now), however little it uses; no growth announces that`,
          fix,
        )
      : ok(`vm.overcommit_memory=${mode.right}`);
  },
};

const swap: DoctorCheck = {
  name: 'swap',
  needs: ['throttle'],
  judge: ({ swapBytes }) => {
    const fix = 'swapoff -a, or echo 0 to memory.swap.max of the cgroup';
    if (E.isLeft(swapBytes)) return finding(swapBytes.left, fix);
    return swapBytes.right === 0
      ? ok('none')
      : finding(
          `${formatBytes(swapBytes.right)}: what is throttled or short of memory goes to swap and makes all wait, before it fails`,
          fix,
        );
  },
};

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

const memoryHotplug: DoctorCheck = {
  name: 'adding memory',
  needs: ['sizing'],
  judge: ({ memoryHotplug: { autoOnline, policy } }): Judgement => {
    if (E.isLeft(autoOnline)) return finding(autoOnline.left, 'a kernel with CONFIG_MEMORY_HOTPLUG=y');
    const trap = AUTO_ONLINE_TRAPS.get(autoOnline.right);
    if (trap !== undefined) return finding(`auto_online_blocks=${autoOnline.right}: ${trap}`, HOTPLUG_FIX);
    if (E.isLeft(policy)) return finding(policy.left, 'Linux 5.15 or later, which has memory_hotplug.online_policy');
    return policy.right === 'auto-movable'
      ? ok(`auto_online_blocks=${autoOnline.right}, online_policy=auto-movable`)
      : finding(`online_policy=${policy.right}: memory that is added may not be taken away again`, HOTPLUG_FIX);
  },
};

const ONLINE_RULE =
  'always: --hotplug-cpus, or udev: SUBSYSTEM=="cpu", ACTION=="add", TEST=="online", ATTR{online}!="1", ATTR{online}="1"';

const cpuHotplug: DoctorCheck = {
  name: 'adding CPUs',
  needs: ['sizing'],
  judge: ({ offlineCpus }) => {
    if (E.isLeft(offlineCpus)) return finding(offlineCpus.left, 'mount sysfs at /sys');
    if (offlineCpus.right.length === 0) return ok('all CPUs that are there are in use');
    const now = offlineCpus.right.map((cpu) => `echo 1 >/sys/devices/system/cpu/cpu${cpu}/online`).join('; ');
    return finding(`CPU ${offlineCpus.right.join(', ')} there, but offline`, `${now}; ${ONLINE_RULE}`);
  },
};

export const SIZE_CHECKS: readonly DoctorCheck[] = [overcommit, swap, memoryHotplug, cpuHotplug];
