/** How fast processes grow, from two readings of their memory. */
import { SECOND_MS } from '../../../../machines/shared/units';
import type { ProcessMemory } from './process-memory';

export interface ProcessMemoryAt {
  /** All shared memory of the VM (Shmem of /proc/meminfo). */
  readonly sharedBytes: number;
  readonly processes: ReadonlyMap<number, ProcessMemory>;
}

export interface ProcessGrowth {
  readonly pid: number;
  readonly parentPid: number;
  /** RssAnon: what is free again when its statement has ended. */
  readonly anonBytes: number;
  /** 0 for one that shrinks. */
  readonly growthBytesPerS: number;
  /** CPUs that it used meanwhile; null: not known. */
  readonly cores: number | null;
}

interface Change {
  readonly before: ProcessMemory;
  readonly after: ProcessMemory;
}

const mappedBytes = ({ before, after }: Change): number => Math.max(0, after.shmemBytes - before.shmemBytes);

/**
 * How much of what processes have mapped is new memory, 0 to 1. RssShmem counts pages that a process
 * has touched: one that reads warm shared buffers for the first time seems to grow by GiB/s though
 * nothing is allocated, and workers of one statement each count the same new segment. Only the growth of
 * all shared memory together is true; it is shared out among them.
 */
const newShare = (changes: readonly Change[], newBytes: number): number => {
  const mapped = changes.reduce((sum, change) => sum + mappedBytes(change), 0);
  return mapped === 0 ? 0 : Math.min(1, Math.max(0, newBytes) / mapped);
};

const coresOf = ({ before, after }: Change, elapsedMs: number): number | null =>
  before.cpuMs === null || after.cpuMs === null ? null : Math.max(0, after.cpuMs - before.cpuMs) / elapsedMs;

/** What they used together; null where that is not known of one. */
export const coresTogether = (processes: readonly ProcessGrowth[]): number | null =>
  processes.reduce<number | null>((sum, { cores }) => (sum === null || cores === null ? null : sum + cores), 0);

/** The fastest first. A process that is only in the later reading has no slope yet and is left out. */
export const growthBetween = (earlier: ProcessMemoryAt, later: ProcessMemoryAt): readonly ProcessGrowth[] => {
  const changes = [...later.processes.values()].flatMap((after): readonly Change[] => {
    const before = earlier.processes.get(after.pid);
    return before === undefined ? [] : [{ before, after }];
  });
  const share = newShare(changes, later.sharedBytes - earlier.sharedBytes);
  const growth = (change: Change): ProcessGrowth => {
    const { before, after } = change;
    const grownBytes = after.anonBytes - before.anonBytes + share * mappedBytes(change);
    const elapsedMs = Math.max(1, after.atMs - before.atMs);
    return {
      pid: after.pid,
      parentPid: after.parentPid,
      anonBytes: after.anonBytes,
      growthBytesPerS: Math.max(0, Math.round((grownBytes / elapsedMs) * SECOND_MS)),
      cores: coresOf(change, elapsedMs),
    };
  };
  return changes.map(growth).sort((a, b) => b.growthBytesPerS - a.growthBytesPerS);
};
