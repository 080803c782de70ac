/** Which processes are throttled: those that together make most of the growth and may be slowed. */
import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { formatBytes } from '../../../../machines/shared/format';
import { attemptSync } from '../attempt';
import type { ProcessGrowth } from '../processes/growth';
import { isPostgresTitle, leaderOf, whyTitleNotThrottled } from '../processes/postgres-titles';
import { type ProcessIdentity, readIdentity } from '../processes/process-identity';
import { MIN_GROWTH_BYTES_PER_S, BLAME_SHARE, MAX_EXAMINED, type Survey } from '../processes/survey';

/** The fastest-growing backends are those that together make so much of the growth. */
const GROWTH_SHARE = 0.8;
/** A move takes 20 to 130 ms; this is a leader with the 8 parallel workers of a default server, nearly twice. */
const MAX_THROTTLED = 16;

export interface Candidate {
  readonly growth: ProcessGrowth;
  readonly identity: Pick<ProcessIdentity, 'executable' | 'title'>;
  /** undefined: its parent has ended or cannot be looked at. */
  readonly parentExecutable: string | undefined;
  /** Of a parallel worker the one whose locks it has; else undefined. */
  readonly leaderTitle: string | undefined;
  /** How many members of the cgroup it is the parent of. */
  readonly children: number;
}

const POSTMASTER_NAMES: ReadonlySet<string> = new Set(['postgres', 'postmaster']);

/** A server's first process, which may have no children yet: it runs Postgres, and whoever started it does not. */
const isPostmaster = ({ identity: { executable, title }, parentExecutable }: Candidate): boolean =>
  POSTMASTER_NAMES.has(basename(executable)) && !isPostgresTitle(title) && executable !== parentExecutable;

/** Why a process must not be throttled, or null. */
export const whyNotThrottled = (candidate: Candidate): string | null => {
  // The postmaster, and who started it. A child is born in its parent's cgroup: all new backends would be throttled.
  if (candidate.children > 0) return 'it has children here, and new ones would be throttled with it';
  if (isPostmaster(candidate)) return 'it is a postmaster';
  return whyTitleNotThrottled(candidate.identity.title) ?? whyTitleNotThrottled(candidate.leaderTitle ?? '');
};

const totalOf = (processes: readonly ProcessGrowth[]): number =>
  processes.reduce((sum, { growthBytesPerS }) => sum + growthBytesPerS, 0);

/** The fewest that together make GROWTH_SHARE of the growth, at most MAX_THROTTLED. @param growing fastest first */
export const mostOf = (growing: readonly ProcessGrowth[]): readonly ProcessGrowth[] => {
  const total = totalOf(growing);
  const most: ProcessGrowth[] = [];
  let covered = 0;
  for (const process of growing) {
    if (covered >= GROWTH_SHARE * total || most.length === MAX_THROTTLED) break;
    most.push(process);
    covered += process.growthBytesPerS;
  }
  return most;
};

const executableOf = (procRoot: string, pid: number): string | undefined => {
  const path = join(procRoot, String(pid), 'exe');
  const read = attemptSync(path, () => readlinkSync(path));
  return E.isLeft(read) ? undefined : read.right;
};

const leaderTitleOf = async (worker: ProcessIdentity, procRoot: string): Promise<string | undefined> => {
  const leader = leaderOf(worker);
  if (leader === worker.pid) return undefined;
  const identity = await readIdentity(procRoot, leader);
  return E.isLeft(identity) ? undefined : identity.right?.title;
};

const examine = async (
  growth: ProcessGrowth,
  { processes }: Survey,
  procRoot: string,
): Promise<Either<string, Candidate | undefined>> => {
  const identity = await readIdentity(procRoot, growth.pid);
  if (E.isLeft(identity)) return identity;
  if (identity.right === undefined) return E.right(undefined);
  const parentExecutable = executableOf(procRoot, growth.parentPid);
  const leaderTitle = await leaderTitleOf(identity.right, procRoot);
  const children = processes.filter(({ parentPid }) => parentPid === growth.pid).length;
  return E.right({ growth, identity: identity.right, parentExecutable, leaderTitle, children });
};

/**
 * The fastest-growing backends of a survey, fastest first. Left: nothing grows, or nearly all of it is what must not be throttled
 * (the fastest, and why), or a process that we may not look at.
 */
export const findFastestGrowing = async (
  surveyed: Survey,
  procRoot: string,
): Promise<Either<string, readonly ProcessGrowth[]>> => {
  const growing = surveyed.processes.filter(({ growthBytesPerS }) => growthBytesPerS >= MIN_GROWTH_BYTES_PER_S);
  const mayBeHeld: ProcessGrowth[] = [];
  const spared: string[] = [];
  const examined = growing.slice(0, MAX_EXAMINED).map((growth) => examine(growth, surveyed, procRoot));
  for (const candidate of await Promise.all(examined)) {
    if (E.isLeft(candidate)) return candidate;
    if (candidate.right === undefined) continue;
    const why = whyNotThrottled(candidate.right);
    if (why === null) mayBeHeld.push(candidate.right.growth);
    else spared.push(`what grows must not be throttled: pid ${candidate.right.growth.pid}: ${why}`);
  }
  // To slow those who are not to blame would win nothing.
  if (mayBeHeld.length > 0 && totalOf(mayBeHeld) >= BLAME_SHARE * totalOf(growing)) return E.right(mostOf(mayBeHeld));
  return E.left(spared[0] ?? `no process grows by ${formatBytes(MIN_GROWTH_BYTES_PER_S)}/s or more`);
};
