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
  /** Cores kept busy, and cores' worth of runnable tasks that waited for a CPU, since the last observation. */
  readonly runCores: number | null;
  readonly delayCores: number | null;
  /** MemTotal − MemAvailable of the VM. */
  readonly usedBytes: number | null;
  /** Use that cannot be reclaimed: rule R5's use, the larger of the cgroup's and the VM's. */
  readonly neededBytes: number | null;
  /** Page cache of the VM. */
  readonly cachedBytes: number | null;
  /** Page cache of the cgroup without shared memory, the part of it that was touched again, and how fast pages come back that it has lost. */
  readonly fileBytes: number | null;
  readonly activeFileBytes: number | null;
  readonly refaultBytesPerS: number | null;
  /** Working set of Postgres' file cache in 8 KiB pages for windows of 1, 2, … n minutes. */
  readonly workingSetPages: readonly number[] | null;
  /** The size that was last acknowledged. */
  readonly granted: Size;
  /** How fast neededBytes grows, as machines/monitor/memory/growth.ts sees it; 0 when it does not. */
  readonly growthBytesPerS: number;
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
