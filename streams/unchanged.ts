/**
 * Whether a look shows anything new. At ten looks a second most do not, and to tell one (fold, log, statechart, policy)
 * costs several times what the look itself costs.
 */
import { isLeft, type Either } from 'fp-ts/Either';
import { KIB } from '../machines/shared/units';
import type { CgroupSample, Meminfo, MemoryEvents, MemoryStat, ProcSample, RawSample } from './raw-sample';

/** Less than this is nothing new. At ten looks a second it hides 5 MiB/s from one look, and nothing from two. */
export const UNCHANGED_BYTES = 512 * KIB;

type Near<A> = (told: A, now: A) => boolean;

/** The same reason not to have it, or both near. */
const bothNear =
  <A>(near: Near<A>): Near<Either<string, A>> =>
  (told, now) =>
    isLeft(told) || isLeft(now) ? isLeft(told) && isLeft(now) && told.left === now.left : near(told.right, now.right);

const isNearBytes: Near<number | undefined> = (told, now) =>
  told === now || (told !== undefined && now !== undefined && Math.abs(now - told) < UNCHANGED_BYTES);

const isNearMeminfo = bothNear<Meminfo>(
  (told, now) =>
    told.totalBytes === now.totalBytes &&
    isNearBytes(told.availableBytes, now.availableBytes) &&
    isNearBytes(told.shmemBytes, now.shmemBytes) &&
    isNearBytes(told.committedBytes, now.committedBytes),
);

const isNearMemoryStat = bothNear<MemoryStat>(
  (told, now) =>
    isNearBytes(told.anonBytes, now.anonBytes) &&
    isNearBytes(told.shmemBytes, now.shmemBytes) &&
    isNearBytes(told.kernelBytes, now.kernelBytes) &&
    isNearBytes(told.fileBytes, now.fileBytes),
);

const isSameEvents = bothNear<MemoryEvents | undefined>(
  (told, now) => told?.high === now?.high && told?.oom === now?.oom && told?.oomKill === now?.oomKill,
);

/** What was not read anew is the very same object: so all else is compared by identity. */
const isRepeated = <A>(told: A, now: A, keys: readonly (keyof A)[]): boolean =>
  keys.every((key) => told[key] === now[key]);

const REPEATED_PROC = ['kernelRoomBytes', 'swap', 'overcommitMode', 'cpu', 'runDelay', 'load', 'pressure'] as const;
const REPEATED_CGROUP = [
  'currentBytes',
  'swapBytes',
  'highBytes',
  'events',
  'cpuUsageUs',
  'quotaCpus',
  'pressure',
] as const;

const isUnmovedProc: Near<ProcSample> = (told, now) =>
  isNearMeminfo(told.meminfo, now.meminfo) && isRepeated(told, now, REPEATED_PROC);

const isUnmovedCgroup: Near<CgroupSample> = (told, now) =>
  isNearMemoryStat(told.memoryStat, now.memoryStat) &&
  isSameEvents(told.localEvents, now.localEvents) &&
  isLeft(told.watch) === isLeft(now.watch) &&
  isRepeated(told, now, REPEATED_CGROUP);

/** @param told the last sample that was told */
export const isUnchanged = (told: RawSample, now: RawSample): boolean =>
  isUnmovedProc(told.proc, now.proc) && isUnmovedCgroup(told.cgroup, now.cgroup);
