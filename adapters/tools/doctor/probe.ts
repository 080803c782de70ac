/** Reads all facts, once, for checks that are pure. What cannot be read is a fact too. Writes nothing. */
import { existsSync, statSync, watch } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { KIB } from '../../../machines/shared/units';
import type { MonitorConfig } from '../../monitor/config/monitor-config';
import { describeCgroupRoot } from '../../monitor/kernel/cgroup-root';
import { parseProcStat } from '../../monitor/kernel/parse/proc-stat';
import { ownCgroup } from '../../monitor/own-process';
import { canHoldFiles, type Variables } from '../../shared/config/environment';
import { dsnSecrets } from '../../shared/config/texts/dsn';
import { checkDirectory, whyOthersDecide } from '../../shared/own-directory';
import { parseCpuList } from '../../shared/parse/cpu-list';
import { parseMountinfo } from '../../shared/parse/mountinfo';
import type { Parser } from '../../shared/parse/parse-error';
import { requiredField } from '../../shared/parse/scan';
import { parseSingleNumber } from '../../shared/parse/single-value';
import { firstLine, firstProcess, protectedBytes, rights, signedNumber, userId, words } from './parse';
import { directoryAccess, factOf, fileAccess, firstProgram, readFact, type Fact } from './read';

type Roots = Pick<MonitorConfig, 'procRoot' | 'sysRoot' | 'cgroupRoot'>;

/** Where to look. */
export interface ProbedPlaces
  extends Roots, Pick<MonitorConfig, 'cgroup' | 'runtimeDir' | 'eventLogDir' | 'agentTokenFile' | 'pgconnstr'> {
  /** What every user can read of this process. */
  readonly commandLine: readonly string[];
  /** For PATH and NOTIFY_SOCKET. */
  readonly environment: Variables;
}

/** Files of the managed cgroup that protection works with. */
export const PROTECTION_FILES = ['memory.high', 'memory.max', 'memory.events.local'] as const;
export type ProtectionFile = (typeof PROTECTION_FILES)[number];

/** Of the managed cgroup, and of the one above it, where the throttle cgroup is made. */
const probeDirectory = async (path: string) => ({
  path,
  directory: await directoryAccess(path),
  /** Who may write cgroup.procs may move processes in and out. */
  processes: await fileAccess(join(path, 'cgroup.procs')),
  /** Controllers, e.g. "memory". */
  handsOn: await readFact(join(path, 'cgroup.subtree_control'), words),
});

/** Whether a process sees the mounts that we see (mount_namespaces(7)): "mnt:[4026531841]" is the same text then. */
const sharesMounts = async (procRoot: string, pid: number): Promise<Fact<boolean>> => {
  const [theirPath, ourPath] = [join(procRoot, String(pid), 'ns/mnt'), join(procRoot, 'self/ns/mnt')];
  const theirs = await factOf(theirPath, () => readlink(theirPath));
  const ours = await factOf(ourPath, () => readlink(ourPath));
  return pipe(
    theirs,
    E.chain((text) => E.map((own: string) => own === text)(ours)),
  );
};

const probeCgroup = async ({ procRoot, cgroupRoot }: Roots, name: string) => {
  const path = join(cgroupRoot, name);
  // Whose Postgres it is, by one of its processes.
  const pid = await readFact(join(path, 'cgroup.procs'), firstProcess);
  return {
    /** Path below the mount, as --cgroup has it. */
    name,
    ...(await probeDirectory(path)),
    files: {
      'memory.high': await fileAccess(join(path, 'memory.high')),
      'memory.max': await fileAccess(join(path, 'memory.max')),
      'memory.events.local': await fileAccess(join(path, 'memory.events.local')),
    },
    pressure: await readFact(join(path, 'memory.pressure'), firstLine),
    userId: E.isLeft(pid) ? pid : await readFact(join(procRoot, String(pid.right), 'status'), userId),
    sharesMounts: E.isLeft(pid) ? pid : await sharesMounts(procRoot, pid.right),
    parent: await probeDirectory(dirname(path)),
  };
};

/**
 * memory.min protects only as far as each cgroup above has it too (kernel doc admin-guide/cgroup-v2,
 * "effective min boundary"), so the least of them counts. The root has none, and grants all to those below it.
 */
const leastMemoryMin = async (cgroupRoot: string, own: string): Promise<Fact<number>> => {
  if (own === '/') return E.left('it runs in the root cgroup, which has no memory.min');
  let least = Infinity;
  for (let path = own; path !== '/'; path = dirname(path)) {
    const bytes = await readFact(join(cgroupRoot, path, 'memory.min'), protectedBytes);
    if (E.isLeft(bytes)) return bytes;
    least = Math.min(least, bytes.right);
  }
  return E.right(least);
};

/** The process that asks: the doctor, or the monitor at its start. */
const probeOwn = async ({ procRoot, cgroupRoot, environment }: ProbedPlaces) => {
  const cgroup = await ownCgroup(procRoot);
  return {
    rights: await readFact(join(procRoot, 'self/status'), rights),
    /** Path of its cgroup below the mount, with a slash before it. */
    cgroup,
    memoryMinBytes: E.isLeft(cgroup) ? cgroup : await leastMemoryMin(cgroupRoot, cgroup.right),
    oomScoreAdj: await readFact(join(procRoot, 'self/oom_score_adj'), signedNumber),
    nodeVersion: process.versions.node,
    /** Whether systemd expects to be notified of the start (Type=notify). */
    notifies: (environment['NOTIFY_SOCKET'] ?? '') !== '',
  };
};

/** An option's value ends its argument, however the two are joined. */
const holdsPassword = ({ pgconnstr, commandLine }: ProbedPlaces): boolean =>
  pgconnstr !== null && dsnSecrets(pgconnstr).length > 0 && commandLine.some((text) => text.endsWith(pgconnstr));

const probeMemory = async ({ procRoot, sysRoot }: Roots) => {
  const meminfo = (key: string): Promise<Fact<number>> =>
    readFact(join(procRoot, 'meminfo'), (file, text) => requiredField(file, text, key, KIB));
  return {
    overcommit: {
      mode: await readFact(join(procRoot, 'sys/vm/overcommit_memory'), parseSingleNumber),
      limitBytes: await meminfo('CommitLimit:'),
      committedBytes: await meminfo('Committed_AS:'),
    },
    swapBytes: await meminfo('SwapTotal:'),
    memoryHotplug: {
      /** What happens to memory that is added. */
      autoOnline: await readFact(join(sysRoot, 'devices/system/memory/auto_online_blocks'), firstLine),
      /** Which zone it goes to. */
      policy: await readFact(join(sysRoot, 'module/memory_hotplug/parameters/online_policy'), firstLine),
    },
  };
};

/** CPUs that are present and not in use. */
const offlineCpus = async (sysRoot: string): Promise<Fact<readonly number[]>> => {
  const present = await readFact(join(sysRoot, 'devices/system/cpu/present'), parseCpuList);
  const online = await readFact(join(sysRoot, 'devices/system/cpu/online'), parseCpuList);
  return pipe(
    present,
    E.chain((cpus) => E.map((used: readonly number[]) => cpus.filter((cpu) => !used.includes(cpu)))(online)),
  );
};

/** Absolute paths; null where there is no such program. */
const probePrograms = async ({ environment }: ProbedPlaces) => {
  const directories = (environment['PATH'] ?? '').split(':').filter((entry) => entry.startsWith('/'));
  const find = (name: string): Promise<string | null> => firstProgram(directories.map((entry) => join(entry, name)));
  return {
    sh: await firstProgram(['/bin/sh']),
    mount: await find('mount'),
    systemdNotify: await find('systemd-notify'),
  };
};

const readFacts = async (places: ProbedPlaces) => {
  const { procRoot, cgroupRoot, cgroup, runtimeDir, eventLogDir, agentTokenFile } = places;
  const inProc = <A>(file: string, parse: Parser<A>) => readFact(join(procRoot, file), parse);
  return {
    cgroupRoot: {
      path: cgroupRoot,
      ...(await describeCgroupRoot(cgroupRoot)),
      controllers: await readFact(join(cgroupRoot, 'cgroup.controllers'), words),
    },
    /** null: none is named. */
    cgroup: cgroup === null ? null : await probeCgroup(places, cgroup),
    own: await probeOwn(places),
    kernelRelease: await inProc('sys/kernel/osrelease', firstLine),
    pressure: await inProc('pressure/memory', firstLine),
    schedstat: await inProc('schedstat', firstLine),
    /** CPU time that the hypervisor took, since boot. */
    stealMs: E.map(({ stealMs }: { stealMs: number }) => stealMs)(await inProc('stat', parseProcStat)),
    ...(await probeMemory(places)),
    offlineCpus: await offlineCpus(places.sysRoot),
    inotify: {
      /** Whether the kernel will notify us, known by trying: a watch is set and taken away again. */
      watch: await factOf(procRoot, (): true => {
        watch(procRoot, { persistent: false }).close();
        return true;
      }),
      maxInstances: await inProc('sys/fs/inotify/max_user_instances', parseSingleNumber),
      maxWatches: await inProc('sys/fs/inotify/max_user_watches', parseSingleNumber),
    },
    mounts: await inProc('self/mountinfo', parseMountinfo),
    runtimeDirectory: {
      path: runtimeDir,
      /** We may write files into it, or make it. */
      holdsFiles: canHoldFiles(runtimeDir),
      /** Left: others may put files of theirs into it. One that is not there yet is safe. */
      safe: existsSync(runtimeDir) ? checkDirectory(runtimeDir) : E.right(undefined),
    },
    /** null: no event log is wanted. */
    stateDirectory:
      eventLogDir === null
        ? null
        : { path: eventLogDir, holdsFiles: canHoldFiles(eventLogDir), foreign: whyOthersDecide(eventLogDir) },
    /** null: none is named. */
    tokenFile:
      agentTokenFile === null
        ? null
        : { path: agentTokenFile, mode: await factOf(agentTokenFile, () => statSync(agentTokenFile).mode) },
    /** A password of Postgres stands among the arguments of this process. */
    passwordInArguments: holdsPassword(places),
    programs: await probePrograms(places),
  };
};

export type Facts = Awaited<ReturnType<typeof readFacts>>;
export type CgroupFacts = NonNullable<Facts['cgroup']>;
export type OwnFacts = Facts['own'];

/** Never rejects. */
export const probe = (places: ProbedPlaces): Promise<Facts> => readFacts(places);
