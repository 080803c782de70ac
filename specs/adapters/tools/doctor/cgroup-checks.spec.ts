/** The checks of the managed cgroup, on facts that the probe could bring. */
import * as E from 'fp-ts/Either';
import { judged } from './judged';
import {
  healthy,
  NO_MOUNT,
  POSTGRES_USER,
  UNREADABLE,
  withCgroup,
  withOwn,
  withParent,
  withRights,
  withRoot,
} from './support';

judged('missing', [
  [
    'cgroup v2',
    'v1 is mounted',
    withRoot({ kind: 'v1', message: 'cgroup v1 at /cg: not supported; boot' }),
    'cgroup v1 at /cg',
    'boot with systemd.unified_cgroup_hierarchy=1 or cgroup_no_v1=all',
  ],
  [
    'cgroup v2',
    'nothing is mounted',
    NO_MOUNT,
    'no cgroup mount at /sys/fs/cgroup',
    'mount -t cgroup2 cgroup2 /sys/fs/cgroup',
  ],
  [
    'cgroup v2',
    'memory is no controller of it',
    withRoot({ controllers: E.right(['cpu']) }),
    'without the memory controller',
    'cgroup_no_v1=memory',
  ],
  [
    'managed cgroup',
    'it is not there',
    withCgroup({ directory: 'absent' }),
    'no /sys/fs/cgroup/neon-postgres',
    '--cgroup',
  ],
  [
    'memory controller',
    'it has no memory files',
    withCgroup({ files: { 'memory.high': 'absent', 'memory.max': 'absent', 'memory.events.local': 'absent' } }),
    'no memory.high, memory.max, memory.events.local in',
    'for d in /sys/fs/cgroup; do echo +memory >$d/cgroup.subtree_control; done',
  ],
  [
    'memory controller',
    'a limit may not be written',
    withCgroup({ files: { 'memory.high': 'writable', 'memory.max': 'read-only', 'memory.events.local': 'read-only' } }),
    'may not write memory.max in',
    'CAP_DAC_OVERRIDE',
  ],
  [
    'throttle cgroup',
    'the parent does not hand on memory',
    withParent({ handsOn: E.right([]) }),
    '/sys/fs/cgroup hands on nothing',
    'echo +memory',
  ],
  [
    'throttle cgroup',
    'the levels above do not hand it on either',
    withParent({ path: '/sys/fs/cgroup/a/b', handsOn: E.right(['cpu']) }),
    'hands on cpu',
    'for d in /sys/fs/cgroup /sys/fs/cgroup/a /sys/fs/cgroup/a/b; do',
  ],
  [
    'throttle cgroup',
    'what the parent hands on is unknown',
    withParent({ handsOn: UNREADABLE }),
    'ENOENT',
    'echo +memory',
  ],
  [
    'throttle cgroup',
    'no directory may be made',
    withParent({ directory: 'read-only' }),
    'may not make a cgroup in /sys/fs/cgroup',
    'as root',
  ],
  [
    'moving processes',
    'they may not leave',
    withCgroup({ processes: 'read-only' }),
    'may not write /sys/fs/cgroup/neon-postgres/cgroup.procs',
    'as root',
  ],
  [
    'moving processes',
    'the common ancestor is not ours',
    withParent({ processes: 'read-only' }),
    'may not write /sys/fs/cgroup/cgroup.procs',
    'as root',
  ],
  [
    'monitor outside of it',
    'it is inside',
    withOwn({ cgroup: E.right('/neon-postgres') }),
    '/neon-postgres',
    'service of its own',
  ],
  [
    'monitor outside of it',
    'it is below',
    withOwn({ cgroup: E.right('/neon-postgres/tools') }),
    '/neon-postgres/tools',
    'service of its own',
  ],
  [
    'identifying backends',
    'they are of another user',
    withRights(1000),
    `another user (${POSTGRES_USER})`,
    'CAP_SYS_PTRACE',
  ],
  [
    'cancelling a statement',
    'it is of another user',
    withRights(1000, 'CAP_SYS_PTRACE'),
    `another user (${POSTGRES_USER})`,
    'CAP_KILL',
  ],
  [
    'shared memory of Postgres',
    'Postgres is in a container',
    withCgroup({ sharesMounts: E.right(false) }),
    'another mount namespace',
    'in its container',
  ],
]);

judged('warning', [
  [
    'shared memory of Postgres',
    'no Postgres runs yet',
    withCgroup({ sharesMounts: E.left('no process is in it') }),
    'no process is in it',
    'in its container',
  ],
  ['managed cgroup', 'none is named', healthy({ cgroup: null }), 'none is named', '--cgroup NAME'],
  [
    'moving processes',
    'it hands on controllers',
    withCgroup({ handsOn: E.right(['memory']) }),
    'hands on memory',
    '--cgroup neon-postgres/...',
  ],
  ['monitor outside of it', 'it is unknown', withOwn({ cgroup: UNREADABLE }), 'ENOENT', 'service of its own'],
  [
    'pressure of the cgroup',
    'only the cgroup has none',
    withCgroup({ pressure: UNREADABLE }),
    'ENOENT',
    'echo 1 >/sys/fs/cgroup/neon-postgres/cgroup.pressure',
  ],
  [
    'pressure of the cgroup',
    'the VM has none either',
    { ...withCgroup({ pressure: UNREADABLE }), pressure: UNREADABLE },
    'ENOENT',
    'psi=1',
  ],
  [
    'identifying backends',
    'whose they are is unknown',
    { ...withRights(1000), cgroup: withCgroup({ userId: E.left('no process is in it') }).cgroup },
    'no process is in it',
    'CAP_SYS_PTRACE',
  ],
  ['identifying backends', 'our rights are unknown', withOwn({ rights: UNREADABLE }), 'ENOENT', 'CAP_SYS_PTRACE'],
]);

judged('ok', [
  [
    'monitor outside of it',
    'a cgroup has a longer name',
    withOwn({ cgroup: E.right('/neon-postgres-monitor') }),
    '/neon-postgres-monitor',
    '',
  ],
  ['identifying backends', 'they are of the same user', withRights(POSTGRES_USER), 'the same user', ''],
  ['cancelling a statement', 'it is of the same user', withRights(POSTGRES_USER), 'the same user', ''],
]);
