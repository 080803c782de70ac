/**
 * Who is to blame that memory ends: those that grow. What a process has taken of shared memory does not count: the same
 * pages are touched by many, and shared buffers are never given back. Where nobody grows at this moment (the fastest-growing backends
 * wait for the kernel's reclaim) the owners of anonymous memory count, of whom the OOM killer would take the largest.
 */
import type { ProcessGrowth } from './growth';
import type { ThrottledProcess } from '../throttle/throttle';
import { MIN_GROWTH_BYTES_PER_S, BLAME_SHARE } from './survey';

export interface Part {
  readonly process: ProcessGrowth;
  /** Bytes a second where anybody grows, else bytes. */
  readonly bytes: number;
}

export interface Blame {
  /** Whether anybody grows. */
  readonly byGrowth: boolean;
  /** Those that have a part, the largest first. */
  readonly parts: readonly Part[];
  /** A statement with fewer bytes is not to blame. */
  readonly leastBytes: number;
}

/** One that is throttled hardly grows any more: it counts with what it grew by when it was chosen. Noise is no growth. */
const withoutNoise = (process: ProcessGrowth, before: ReadonlyMap<number, number>): ProcessGrowth => {
  const fastest = Math.max(process.growthBytesPerS, before.get(process.pid) ?? 0);
  return { ...process, growthBytesPerS: fastest < MIN_GROWTH_BYTES_PER_S ? 0 : fastest };
};

export const blameFor = (surveyed: readonly ProcessGrowth[], held: readonly ThrottledProcess[]): Blame => {
  const before = new Map(held.map(({ pid, growthBytesPerS }) => [pid, growthBytesPerS]));
  const processes = surveyed.map((process) => withoutNoise(process, before));
  const byGrowth = processes.some(({ growthBytesPerS }) => growthBytesPerS > 0);
  const parts = processes
    .map((process) => ({ process, bytes: byGrowth ? process.growthBytesPerS : process.anonBytes }))
    .filter(({ bytes }) => bytes > 0)
    // Of two that grow alike the larger one.
    .sort((a, b) => b.bytes - a.bytes || b.process.anonBytes - a.process.anonBytes);
  const totalBytes = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  return { byGrowth, parts, leastBytes: BLAME_SHARE * totalBytes };
};

/** The members of each group that together have at least so much; the group with most of it first, its order kept. */
export const groupsToBlame = <Member extends Part>(
  members: readonly Member[],
  groupOf: (member: Member) => number,
  leastBytes: number,
): readonly (readonly Member[])[] => {
  const groups = new Map<number, Member[]>();
  for (const member of members) groups.set(groupOf(member), [...(groups.get(groupOf(member)) ?? []), member]);
  return [...groups.values()]
    .map((group) => ({ group, bytes: group.reduce((sum, { bytes }) => sum + bytes, 0) }))
    .filter(({ bytes }) => bytes >= leastBytes)
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ group }) => group);
};
