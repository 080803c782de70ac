/** Facts of a machine on which all is as it should be, and ways to change them. */
import * as E from 'fp-ts/Either';
import type { Finding } from '../../../../adapters/tools/doctor/check';
import { examine } from '../../../../adapters/tools/doctor/examine';
import type { Capability } from '../../../../adapters/tools/doctor/parse';
import type { CgroupFacts, Facts, OwnFacts } from '../../../../adapters/tools/doctor/probe';
import type { Mount } from '../../../../adapters/shared/parse/mountinfo';
import { GIB, MIB } from '../../../../machines/shared/units';

export const POSTGRES_USER = 110;

const CGROUP: CgroupFacts = {
  name: 'neon-postgres',
  path: '/sys/fs/cgroup/neon-postgres',
  directory: 'writable',
  files: { 'memory.high': 'writable', 'memory.max': 'writable', 'memory.events.local': 'read-only' },
  processes: 'writable',
  handsOn: E.right([]),
  pressure: E.right('some avg10=0.00'),
  userId: E.right(POSTGRES_USER),
  sharesMounts: E.right(true),
  parent: {
    path: '/sys/fs/cgroup',
    directory: 'writable',
    processes: 'writable',
    handsOn: E.right(['cpu', 'memory']),
  },
};

const OWN: OwnFacts = {
  rights: E.right({ userId: 0, capabilities: ['CAP_KILL', 'CAP_SYS_PTRACE', 'CAP_SYS_ADMIN'] }),
  cgroup: E.right('/vm-monitor.service'),
  memoryMinBytes: E.right(64 * MIB),
  oomScoreAdj: E.right(-900),
  nodeVersion: '20.20.2',
  notifies: true,
};

const tmpfs = (mountPoint: string, device: string): Mount => ({
  mountPoint,
  root: '/',
  device,
  fsType: 'tmpfs',
  readOnly: false,
});
export const SHM = tmpfs('/dev/shm', '0:23');
export const ROOT_FS: Mount = { ...tmpfs('/', '254:0'), fsType: 'ext4' };

const FACTS: Facts = {
  cgroupRoot: {
    path: '/sys/fs/cgroup',
    kind: 'v2',
    message: 'cgroup v2 at /sys/fs/cgroup (controllers: cpu memory)',
    controllers: E.right(['cpu', 'memory']),
  },
  cgroup: CGROUP,
  own: OWN,
  kernelRelease: E.right('6.8.0-31-generic'),
  pressure: E.right('some avg10=0.00'),
  schedstat: E.right('version 15'),
  stealMs: E.right(1000),
  overcommit: { mode: E.right(0), limitBytes: E.right(2 * GIB), committedBytes: E.right(GIB) },
  swapBytes: E.right(0),
  memoryHotplug: { autoOnline: E.right('online'), policy: E.right('auto-movable') },
  offlineCpus: E.right([]),
  inotify: { watch: E.right(true), maxInstances: E.right(128), maxWatches: E.right(8192) },
  mounts: E.right([ROOT_FS, tmpfs('/run', '0:24'), SHM]),
  runtimeDirectory: { path: '/run/vm-monitor', holdsFiles: true, safe: E.right(undefined) },
  stateDirectory: { path: '/var/lib/vm-monitor', holdsFiles: true, foreign: null },
  tokenFile: { path: '/etc/vm-monitor/token', mode: E.right(0o100600) },
  passwordInArguments: false,
  programs: { sh: '/bin/sh', mount: '/usr/bin/mount', systemdNotify: '/usr/bin/systemd-notify' },
};

export const healthy = (change: Partial<Facts> = {}): Facts => ({ ...FACTS, ...change });
export const withCgroup = (change: Partial<CgroupFacts>): Facts => healthy({ cgroup: { ...CGROUP, ...change } });
export const withParent = (change: Partial<CgroupFacts['parent']>): Facts =>
  withCgroup({ parent: { ...CGROUP.parent, ...change } });
export const withOwn = (change: Partial<OwnFacts>): Facts => healthy({ own: { ...OWN, ...change } });

export const findingOf = (facts: Facts, name: string): Finding => {
  const finding = examine(facts).find((each) => each.name === name);
  if (finding === undefined) throw new Error(`no check is named ${name}`);
  return finding;
};

export const UNREADABLE = E.left('/some/file: ENOENT: no such file or directory');
/** Of a process with these rights only, whose OOM score nobody has lowered. */
export const withRights = (userId: number, ...capabilities: readonly Capability[]): Facts =>
  withOwn({ rights: E.right({ userId, capabilities }), oomScoreAdj: E.right(0) });
export const withRoot = (change: Partial<Facts['cgroupRoot']>): Facts =>
  healthy({ cgroupRoot: { ...FACTS.cgroupRoot, ...change } });
export const NO_MOUNT = withRoot({ kind: 'none', message: 'no cgroup mount at /sys/fs/cgroup' });
export const withMounts = (...mounts: readonly Mount[]): Facts => healthy({ mounts: E.right(mounts) });
export const withPrograms = (change: Partial<Facts['programs']>): Facts =>
  healthy({ programs: { ...FACTS.programs, ...change } });
export const withOvercommit = (change: Partial<Facts['overcommit']>): Facts =>
  healthy({ overcommit: { ...FACTS.overcommit, ...change } });
