/**
 * A policy answers one question: how large should the VM be? It is a pure reducer, fast enough for
 * simulations of millions of steps. Rounding to whole compute units, clamping to the bounds and
 * holding back hasty shrinks (rules R6, R12) are the same for all policies and lie in sizing.ts and engine/desire.ts.
 */
import type * as t from 'io-ts';
import type { Size } from '../../shared/events/size';

/** What a policy may look at. `null` means that the signal is missing, never that it is zero. */
export interface Observation {
  /** Monotonic milliseconds. */
  readonly at: number;
  /** Time since the last observation; 0 on the first. */
  readonly elapsedMs: number;
  /** Load averages over 1 and 5 minutes. */
  readonly load1: number | null;
  readonly load5: number | null;
  /** Cores kept busy since the last observation, with the time that the host stole from them. */
  readonly runCores: number | null;
  /** Tasks that were runnable and waited for a CPU, in the mean since the last observation. */
  readonly waitingTasks: number | null;
  /** What such a task runs before it waits again, in seconds; null: not known. */
  readonly taskSeconds: number | null;
  /** Cores that could have been busy: what was granted, and no more than a quota lets run. */
  readonly capacityCores: number;
  /** MemTotal − MemAvailable of the VM. */
  readonly usedBytes: number | null;
  /** Use that cannot be reclaimed, rule R5's, without the file cache. */
  readonly neededBytes: number | null;
  /** What rule R5 keeps free beside a use: dirty pages, pages under writeback, mapped pages of files. */
  readonly besideBytes: number;
  /** What the kernel keeps of the VM's size. */
  readonly keptBytes: number;
  /** Memory that holds nothing, not even page cache. */
  readonly freeBytes: number | null;
  /** Page cache of the VM, as an agent reads it. */
  readonly cachedBytes: number | null;
  /** Page cache that can be reclaimed, without shared memory and without what counts as beside. */
  readonly pageCacheBytes: number | null;
  /** Postgres' file cache in memory; null: there is none, or it lies on disk. */
  readonly fileCacheBytes: number | null;
  /** Working set of Postgres' file cache in 8 KiB pages for windows of 1, 2, … n minutes. */
  readonly workingSetPages: readonly number[] | null;
  /** Pages per second that came back after they had been dropped. */
  readonly refaultPagesPerS: number | null;
  /** Reads from disk per second. */
  readonly readsPerS: number | null;
  /** Share of the time in which some task waited for a CPU (PSI). */
  readonly cpuStallFraction: number | null;
  /** Shares of the time in which some task waited for I/O, and for memory (PSI). */
  readonly ioStallFraction: number | null;
  readonly memoryStallFraction: number | null;
  /** The size that was last acknowledged. */
  readonly granted: Size;
  /** What a shortage asks for at the least; 0: there was none lately. */
  readonly shortageBytes: number;
  /** How fast use has grown for a second at least; 0 when it does not. */
  readonly growthBytesPerS: number;
  /** How far use has risen within the last second, however shortly. */
  readonly riseBytes: number;
  /** Learned time from asking for more to having it. */
  readonly grantUpMs: number;
}

/** Raw recommendation, before rounding and clamping. `null`: this policy has none (signals missing). */
export interface Recommendation {
  readonly cpu: number | null;
  readonly memBytes: number | null;
  /** The numbers behind it, for the log and the reason. */
  readonly parts: Readonly<Record<string, number>>;
}

export interface PolicyStep<S> {
  readonly state: S;
  readonly recommendation: Recommendation;
}

export interface Policy<S> {
  readonly name: string;
  /** No request for less before observations cover this time (rule R12). */
  readonly longestWindowMs: number;
  readonly initial: S;
  /** Pure: does not change `state`. The state is plain JSON: it is written to the log. */
  readonly step: (state: S, observed: Observation) => PolicyStep<S>;
  /** One sentence for people. Called only when the desired size changes. */
  readonly explain: (recommendation: Recommendation) => string;
  /** Reads a state back from the log. */
  readonly stateCodec: t.Type<S, unknown>;
}
