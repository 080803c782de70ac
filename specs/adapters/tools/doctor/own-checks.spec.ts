/** The checks of the monitor itself and of the cap on /dev/shm, on facts that the probe could bring. */
import * as E from 'fp-ts/Either';
import { MIB } from '../../../../machines/shared/units';
import { judged } from './judged';
import { healthy, ROOT_FS, SHM, UNREADABLE, withMounts, withOwn, withPrograms, withRights } from './support';

judged('missing', [
  ['Node', 'it is old', withOwn({ nodeVersion: '18.19.0' }), '18.19.0', 'Node 20'],
  ['/bin/sh', 'there is none', withPrograms({ sh: null }), 'no /bin/sh', 'busybox'],
  [
    'runtime directory',
    'it may not be written',
    healthy({ runtimeDirectory: { path: '/run/vm-monitor', holdsFiles: false, safe: E.right(undefined) } }),
    'may not write /run/vm-monitor',
    'RuntimeDirectory=vm-monitor',
  ],
  [
    'runtime directory',
    'others may write it too',
    healthy({ runtimeDirectory: { path: '/tmp/x', holdsFiles: true, safe: E.left('/tmp/x: others may write it') } }),
    '/tmp/x: others may write it; so nothing is written',
    'RuntimeDirectory=vm-monitor',
  ],
  ['systemd-notify', 'systemd waits for it', withPrograms({ systemdNotify: null }), 'no systemd-notify', 'Type=exec'],
  ['shared memory', 'it is part of the root file system', withMounts(ROOT_FS), 'part of ext4 at /', 'mount -t tmpfs'],
  [
    'shared memory',
    'a directory of another tmpfs is bound there',
    withMounts({ ...SHM, root: '/shm' }),
    'no tmpfs of its own',
    'mount -t tmpfs',
  ],
  [
    'shared memory',
    'others use the same file system',
    withMounts(SHM, { ...SHM, mountPoint: '/run/shm' }),
    '/run/shm, which would be capped too',
    'mount -t tmpfs',
  ],
  [
    'shared memory',
    'it is read-only for us',
    withMounts({ ...SHM, readOnly: true }),
    'read-only for this process',
    'ReadOnlyPaths=',
  ],
  ['shared memory', 'nothing is mounted at all', withMounts(), 'nothing is mounted', 'mount -t tmpfs'],
  ['right to remount', 'the capability is lacking', withRights(1000), 'no CAP_SYS_ADMIN', 'SystemCallFilter=@mount'],
  ['mount', 'there is none', withPrograms({ mount: null }), 'no mount', 'install'],
]);

judged('warning', [
  ['OOM score', 'it may not be lowered', withRights(1000), 'oom_score_adj is 0', 'OOMScoreAdjust=-900'],
  ['OOM score', 'it is unknown', withOwn({ oomScoreAdj: UNREADABLE }), 'ENOENT', 'OOMScoreAdjust=-900'],
  [
    'own memory',
    'too little is kept',
    withOwn({ memoryMinBytes: E.right(32 * MIB) }),
    '32 MiB',
    'MemoryMin=64M and Slice=-.slice',
  ],
  ['own memory', 'it is unknown', withOwn({ memoryMinBytes: UNREADABLE }), 'ENOENT', 'MemoryMin=64M'],
  ['runtime directory', 'it outlives a boot', withMounts(ROOT_FS, SHM), 'lies on ext4', 'RUNTIME_DIRECTORY='],
  [
    'runtime directory',
    'its file system is unknown',
    healthy({ mounts: UNREADABLE }),
    'an unknown file system',
    'RUNTIME_DIRECTORY=',
  ],
  [
    'state directory',
    'it may not be written',
    healthy({ stateDirectory: { path: '/var/lib/x', holdsFiles: false, foreign: null } }),
    'may not write /var/lib/x',
    '--event-log DIR',
  ],
  [
    'state directory',
    'it is of another user',
    healthy({ stateDirectory: { path: '/var/lib/x', holdsFiles: true, foreign: '/var/lib/x belongs to uid 1000' } }),
    'belongs to uid 1000',
    'chmod 0700 /var/lib/x',
  ],
  [
    'token file',
    'others may read it',
    healthy({ tokenFile: { path: '/run/token', mode: E.right(0o100644) } }),
    '/run/token has mode 0644',
    'chmod 0600 /run/token',
  ],
  ['token file', 'it is not there', healthy({ tokenFile: { path: '/x', mode: UNREADABLE } }), 'ENOENT', 'mode 0600'],
  ['password in arguments', 'there is one', healthy({ passwordInArguments: true }), '/proc', 'VM_MONITOR_PGCONNSTR'],
  ['shared memory', 'the mounts are unknown', healthy({ mounts: UNREADABLE }), 'ENOENT', 'mount proc'],
  ['right to remount', 'our rights are unknown', withOwn({ rights: UNREADABLE }), 'ENOENT', 'CAP_SYS_ADMIN'],
]);

judged('ok', [
  ['OOM score', 'it may be lowered', withRights(0, 'CAP_SYS_RESOURCE'), 'may be lowered', ''],
  ['own memory', 'all of it is kept', withOwn({ memoryMinBytes: E.right(Infinity) }), 'all of it', ''],
  ['state directory', 'no log is wanted', healthy({ stateDirectory: null }), 'not wanted', ''],
  [
    'systemd-notify',
    'systemd does not wait',
    { ...withPrograms({ systemdNotify: null }), own: withOwn({ notifies: false }).own },
    'not needed',
    '',
  ],
  [
    'shared memory',
    'it is mounted over another one',
    withMounts({ ...SHM, root: '/old', device: '0:5' }, SHM),
    'a tmpfs of its own',
    '',
  ],
]);
