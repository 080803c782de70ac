/** Reads all facts, once. Writes nothing. */
import { existsSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { KIB } from '../../../machines/shared/units';
import { canHoldFiles, type Variables } from '../../shared/config/environment';
import { dsnSecrets } from '../../shared/config/texts/dsn';
import { describeCgroupRoot } from '../../monitor/kernel/cgroup-root';
import { parseCpuList } from '../../shared/parse/cpu-list';
import { parseMountinfo } from '../../shared/parse/mountinfo';
import { parseProcStat } from '../../monitor/kernel/parse/proc-stat';
import { requiredField } from '../../shared/parse/scan';
import { parseSingleNumber } from '../../shared/parse/single-value';
import { fileFailure } from '../../shared/node-error';
import { checkDirectory, whyOthersDecide } from '../../shared/own-directory';
import type { Directory, Fact, Facts } from './facts';
import { firstLine, words } from './parse';
import { probeCgroup } from './probe-cgroup';
import { probeOwn } from './probe-own';
import { firstProgram, readFact } from './read';

/** Whether the kernel will notify us, known by trying: sets a watch and takes it away again. */
const tryWatch = (path: string): Fact<true> => {
  try {
    watch(path, { persistent: false }).close();
    return E.right(true);
  } catch (error) {
    return E.left(fileFailure(path, error).message);
  }
};

const probeInotify = async (procRoot: string): Promise<Facts['inotify']> => {
  const limit = (name: string): Promise<Fact<number>> =>
    readFact(join(procRoot, 'sys/fs/inotify', name), parseSingleNumber);
  return {
    watch: tryWatch(procRoot),
    maxInstances: await limit('max_user_instances'),
    maxWatches: await limit('max_user_watches'),
  };
};

/** Where to look. The roots differ from the usual ones in tests only. */
export interface ProbedPlaces {
  readonly procRoot: string;
  /** /sys */
  readonly sysRoot: string;
  readonly cgroupRoot: string;
  /** Path of the managed cgroup below the root, checked by the reader of --cgroup; null: none is named. */
  readonly cgroup: string | null;
  readonly runtimeDirectory: string;
  /** Where the event log goes; null: no log is wanted. */
  readonly stateDirectory: string | null;
  /** --agent-token-file; null: none is named. */
  readonly tokenFile: string | null;
  /** --pgconnstr, wherever it was given; null: none. */
  readonly pgconnstr: string | null;
  /** What every user can read of this process. */
  readonly commandLine: readonly string[];
  /** For PATH and NOTIFY_SOCKET. */
  readonly environment: Variables;
  /** process.versions.node */
  readonly nodeVersion: string;
}

const directory = (path: string): Directory => ({ path, holdsFiles: canHoldFiles(path) });

const modeOf = (path: string): Fact<number> =>
  E.tryCatch(
    () => statSync(path).mode,
    (error) => fileFailure(path, error).message,
  );

/** An option's value ends its argument, however the two are joined. */
const holdsPassword = ({ pgconnstr, commandLine }: ProbedPlaces): boolean =>
  pgconnstr !== null && dsnSecrets(pgconnstr).length > 0 && commandLine.some((text) => text.endsWith(pgconnstr));

const safety = (path: string): Fact<void> => (existsSync(path) ? checkDirectory(path) : E.right(undefined));

const probeRoot = async ({ cgroupRoot }: ProbedPlaces): Promise<Facts['cgroupRoot']> => ({
  path: cgroupRoot,
  ...(await describeCgroupRoot(cgroupRoot)),
  controllers: await readFact(join(cgroupRoot, 'cgroup.controllers'), words),
});

type MemoryFacts = Pick<Facts, 'overcommit' | 'swapBytes' | 'memoryHotplug'>;
const probeMemory = async ({ procRoot, sysRoot }: ProbedPlaces): Promise<MemoryFacts> => {
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
      autoOnline: await readFact(join(sysRoot, 'devices/system/memory/auto_online_blocks'), firstLine),
      policy: await readFact(join(sysRoot, 'module/memory_hotplug/parameters/online_policy'), firstLine),
    },
  };
};

type CpuFacts = Pick<Facts, 'schedstat' | 'stealMs' | 'offlineCpus'>;
const probeCpus = async ({ procRoot, sysRoot }: ProbedPlaces): Promise<CpuFacts> => {
  const cpus = (file: string): Promise<Fact<readonly number[]>> =>
    readFact(join(sysRoot, 'devices/system/cpu', file), parseCpuList);
  const [present, online] = [await cpus('present'), await cpus('online')];
  return {
    schedstat: await readFact(join(procRoot, 'schedstat'), firstLine),
    stealMs: E.map(({ stealMs }: { stealMs: number }) => stealMs)(
      await readFact(join(procRoot, 'stat'), parseProcStat),
    ),
    offlineCpus: E.isLeft(present)
      ? present
      : E.map((on: readonly number[]) => present.right.filter((cpu) => !on.includes(cpu)))(online),
  };
};

const probePrograms = async ({ environment }: ProbedPlaces): Promise<Facts['programs']> => {
  const directories = (environment['PATH'] ?? '').split(':').filter((entry) => entry.startsWith('/'));
  const find = (name: string): Promise<string | null> => firstProgram(directories.map((entry) => join(entry, name)));
  return {
    sh: await firstProgram(['/bin/sh']),
    mount: await find('mount'),
    systemdNotify: await find('systemd-notify'),
  };
};

/** Never rejects. */
export const probe = async (places: ProbedPlaces): Promise<Facts> => {
  const { procRoot, cgroup, runtimeDirectory, stateDirectory, tokenFile } = places;
  return {
    cgroupRoot: await probeRoot(places),
    cgroup: cgroup === null ? null : await probeCgroup(places, cgroup),
    own: await probeOwn(places),
    kernelRelease: await readFact(join(procRoot, 'sys/kernel/osrelease'), firstLine),
    pressure: await readFact(join(procRoot, 'pressure/memory'), firstLine),
    ...(await probeMemory(places)),
    ...(await probeCpus(places)),
    inotify: await probeInotify(procRoot),
    mounts: await readFact(join(procRoot, 'self/mountinfo'), parseMountinfo),
    runtimeDirectory: { ...directory(runtimeDirectory), safe: safety(runtimeDirectory) },
    stateDirectory:
      stateDirectory === null ? null : { ...directory(stateDirectory), foreign: whyOthersDecide(stateDirectory) },
    tokenFile: tokenFile === null ? null : { path: tokenFile, mode: modeOf(tokenFile) },
    passwordInArguments: holdsPassword(places),
    programs: await probePrograms(places),
  };
};
