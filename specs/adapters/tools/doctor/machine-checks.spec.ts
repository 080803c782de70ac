/** The checks of the kernel and of what becomes of a grant, on facts that the probe could bring. */
import * as E from 'fp-ts/Either';
import type { Facts } from '../../../../adapters/tools/doctor/probe';
import { GIB } from '../../../../machines/shared/units';
import { judged } from './judged';
import { healthy, UNREADABLE, withOvercommit } from './support';

const hotplug = (autoOnline: string, policy: string): Facts =>
  healthy({ memoryHotplug: { autoOnline: E.right(autoOnline), policy: E.right(policy) } });

judged('missing', [
  [
    'notification (inotify)',
    'no watch can be set',
    healthy({ inotify: { watch: E.left('EMFILE'), maxInstances: E.right(0), maxWatches: UNREADABLE } }),
    'EMFILE (max_user_instances 0, max_user_watches unknown)',
    'sysctl -w fs.inotify.max_user_instances=',
  ],
]);

judged('warning', [
  ['pressure of the VM (PSI)', 'it is off', healthy({ pressure: UNREADABLE }), 'ENOENT', 'psi=1'],
  [
    'waiting time of tasks (schedstat)',
    'it is not built in',
    healthy({ schedstat: UNREADABLE }),
    'ENOENT',
    'CONFIG_SCHEDSTATS=y',
  ],
  ['stolen CPU time', 'none was seen', healthy({ stealMs: E.right(0) }), 'none since boot', 'no-steal-acc'],
  ['stolen CPU time', 'it is unknown', healthy({ stealMs: UNREADABLE }), 'ENOENT', 'CONFIG_PARAVIRT_TIME_ACCOUNTING=y'],
  [
    'kernel version',
    'it has both traps',
    healthy({ kernelRelease: E.right('5.17.15') }),
    'c9afe31ec443); dying',
    '6.8',
  ],
  [
    'kernel version',
    'it has the later trap',
    healthy({ kernelRelease: E.right('6.1.0-28-cloud-amd64') }),
    '6.1.0-28-cloud-amd64: dying tasks',
    '6.8',
  ],
  ['kernel version', 'it is no number', healthy({ kernelRelease: E.right('next') }), '"next"', '6.8'],
  ['kernel version', 'it is unknown', healthy({ kernelRelease: UNREADABLE }), 'ENOENT', '6.8'],
  [
    'overcommit',
    'it is strict',
    withOvercommit({ mode: E.right(2) }),
    '"out of memory" at 2 GiB of promised memory (1 GiB now)',
    'vm.overcommit_memory=0',
  ],
  [
    'overcommit',
    'it is strict and the limit unknown',
    healthy({ overcommit: { mode: E.right(2), limitBytes: UNREADABLE, committedBytes: UNREADABLE } }),
    'at unknown',
    'vm.overcommit_ratio',
  ],
  ['overcommit', 'it is unknown', withOvercommit({ mode: UNREADABLE }), 'ENOENT', 'vm.overcommit_memory=0'],
  ['swap', 'there is some', healthy({ swapBytes: E.right(GIB) }), '1 GiB', 'swapoff -a'],
  ['swap', 'it is unknown', healthy({ swapBytes: UNREADABLE }), 'ENOENT', 'swapoff -a'],
  [
    'adding memory',
    'all of it becomes movable',
    hotplug('online_movable', 'auto-movable'),
    'OOM killer',
    'memhp_default_state=online memory_hotplug.online_policy=auto-movable',
  ],
  ['adding memory', 'it stays offline', hotplug('offline', 'auto-movable'), 'stays unused', 'echo online >'],
  [
    'adding memory',
    'it goes to the kernel',
    hotplug('online_kernel', 'auto-movable'),
    'may not be taken away',
    'auto-movable',
  ],
  [
    'adding memory',
    'the policy is the default one',
    hotplug('online', 'contig-zones'),
    'online_policy=contig-zones',
    'auto-movable',
  ],
  [
    'adding memory',
    'there is no policy',
    healthy({ memoryHotplug: { autoOnline: E.right('online'), policy: UNREADABLE } }),
    'ENOENT',
    '5.15',
  ],
  [
    'adding memory',
    'there is no hotplug',
    healthy({ memoryHotplug: { autoOnline: UNREADABLE, policy: UNREADABLE } }),
    'ENOENT',
    'CONFIG_MEMORY_HOTPLUG=y',
  ],
  [
    'adding CPUs',
    'some are offline',
    healthy({ offlineCpus: E.right([2, 3]) }),
    'CPU 2, 3',
    'echo 1 >/sys/devices/system/cpu/cpu2/online; echo 1 >',
  ],
  ['adding CPUs', 'they are unknown', healthy({ offlineCpus: UNREADABLE }), 'ENOENT', '/sys'],
]);

judged('ok', [
  ['kernel version', 'it is of a later major version', healthy({ kernelRelease: E.right('7.0.1') }), '7.0.1', ''],
]);
