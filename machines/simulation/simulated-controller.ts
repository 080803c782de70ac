/** The policy of a run, and how it comes from what it sees to a request: as in the monitor's engine. */
import { expectedMs, learnGrant, UNLEARNED, type GrantLatency } from '../monitor/engine/grant-latency';
import { NO_GROWTH, observeUse, riseBytes, type Growth } from '../monitor/memory/growth';
import { notHasty } from '../monitor/engine/not-hasty';
import type { Size } from '../shared/events/size';
import type { AnyPolicy } from '../monitor/policies';
import type { Recommendation, Observation } from '../monitor/policies/policy';
import { unitsOf, type SizingRules } from '../shared/sizing';
import { unitsIn } from './setting';

/** What the sample measured. */
export type Observed = Pick<
  Observation,
  'at' | 'elapsedMs' | 'load1' | 'load5' | 'runCores' | 'waitingTasks' | 'usedBytes' | 'neededBytes'
>;

const NO_NEED: Recommendation = { cpu: null, memBytes: null, parts: {} };

export class SimulatedController {
  private state: unknown;
  private recommendation: Recommendation = NO_NEED;
  private growth: Growth = NO_GROWTH;
  private latency: GrantLatency = UNLEARNED;
  /** Since when samples have come without a gap. */
  private coveredSince: number | null = null;
  private wanted = 0;
  /** What `wanted` was made from: most samples need the same as the one before. */
  private wasFull = false;
  private wasSize = -1;
  /** The size that the policy has, and how long more of it is expected to take. */
  private granted: Size = { cpu: 0, mem: 0 };
  private grantUpMs = 0;

  constructor(
    private readonly policy: AnyPolicy,
    private readonly rules: SizingRules,
    private readonly holdsBack: boolean,
  ) {
    this.state = policy.initial;
  }

  /** Windows begin anew after a gap. What was learned about grants stays. */
  forget(): void {
    this.state = this.policy.initial;
    this.growth = NO_GROWTH;
    this.coveredSince = null;
  }

  /** A grant that moved so many units was seen so long after it was asked for. */
  learn(up: boolean, units: number, tookMs: number): void {
    this.latency = learnGrant(this.latency, up ? 'up' : 'down', units * this.rules.unit.mem, tookMs);
    this.expectGrant(this.wasSize);
  }

  /** One sample at the size of so many units; gives the units that are requested. */
  request(observed: Observed, size: number): number {
    this.coveredSince ??= observed.at;
    this.growth = observeUse(this.growth, observed.at, observed.neededBytes ?? 0);
    if (size !== this.wasSize) this.resized(size);
    const { state, recommendation } = this.policy.step(this.state, this.observe(observed));
    this.state = state;
    this.decide(recommendation, size, observed.at - this.coveredSince >= this.policy.longestWindowMs);
    return this.wanted;
  }

  /** Why the last request is as it is. */
  reason(): string {
    return this.policy.explain(this.recommendation);
  }

  private resized(size: number): void {
    this.granted = unitsOf(this.rules.unit, size, size);
    this.expectGrant(size);
  }

  private expectGrant(size: number): void {
    this.grantUpMs = expectedMs(this.latency, 'up', Math.max(0, this.wanted - size) * this.rules.unit.mem);
  }

  private observe(observed: Observed): Observation {
    return {
      at: observed.at,
      elapsedMs: observed.elapsedMs,
      load1: observed.load1,
      load5: observed.load5,
      runCores: observed.runCores,
      waitingTasks: observed.waitingTasks,
      // The model's work is measured in core-seconds, whoever it is of.
      taskSeconds: 1,
      capacityCores: this.granted.cpu,
      usedBytes: observed.usedBytes,
      neededBytes: observed.neededBytes,
      besideBytes: 0,
      // What the model's kernel takes is all that it ever misses: no margin beside it.
      keptBytes: 0,
      // Traces know no page cache.
      freeBytes: null,
      cachedBytes: 0,
      pageCacheBytes: null,
      fileCacheBytes: null,
      workingSetPages: null,
      refaultPagesPerS: null,
      readsPerS: null,
      cpuStallFraction: null,
      ioStallFraction: null,
      memoryStallFraction: null,
      granted: this.granted,
      shortageBytes: 0,
      growthBytesPerS: this.growth.sustainedBytesPerS,
      riseBytes: riseBytes(this.growth),
      grantUpMs: this.grantUpMs,
    };
  }

  private decide(recommendation: Recommendation, size: number, covered: boolean): void {
    const full = covered || !this.holdsBack;
    const same =
      recommendation.cpu === this.recommendation.cpu && recommendation.memBytes === this.recommendation.memBytes;
    this.recommendation = recommendation;
    if (same && this.wanted > 0 && full === this.wasFull && size === this.wasSize) return;
    this.wasFull = full;
    this.wasSize = size;
    const wanted = { cpu: recommendation.cpu ?? 0, mem: recommendation.memBytes ?? 0 };
    this.wanted = unitsIn(this.rules.unit, notHasty(this.rules, wanted, recommendation, this.granted, full).size);
    this.expectGrant(size);
  }
}
