/**
 * From a policy's recommendation to the desired size: whole units within the bounds (rule R6), raised by what
 * shortages ask for, and never hastily smaller (rule R12).
 */
import type { Floors, MonitorContext } from '../statechart/context';
import type { Size } from '../../shared/events/size';
import { exceeds, larger, toWholeUnits, type SizingRules } from '../../shared/sizing';
import type { Recommendation } from '../policies/policy';
import { notHasty } from './not-hasty';

export interface DesiredSize {
  readonly desired: Size;
  /** More memory is needed than the largest size gives. CPUs alone do not count: without them it only gets slow. */
  readonly capped: boolean;
  /** The windows are not full yet (rule R12). */
  readonly retaining: boolean;
  /** It is not to be requested: see NotHasty. */
  readonly withheld: boolean;
  /** Memory of the recommendation alone, in whole units, before any retention. */
  readonly recommendedMemBytes: number | null;
  /** What else than the policy spoke, for the reason. */
  readonly because: readonly string[];
}

/** The bounds as they stand: the agent may know a smaller maximum than the configuration, but never one below our minimum. */
export const effectiveRules = (rules: SizingRules, { agentMax }: MonitorContext): SizingRules => {
  if (agentMax === null) return rules;
  const max = rules.max ?? agentMax;
  const smaller = { cpu: Math.min(max.cpu, agentMax.cpu), mem: Math.min(max.mem, agentMax.mem) };
  return { ...rules, max: larger(rules.min, smaller) };
};

const FLOOR_REASONS: Readonly<Record<keyof Floors, string>> = {
  shortage: 'memory was short',
  shrink: 'use grew into the last shrink',
};

const activeFloors = ({ floors }: MonitorContext, at: number) =>
  (['shortage', 'shrink'] as const).flatMap((of) => {
    const floor = floors[of];
    return floor !== null && at < floor.until ? [{ because: FLOOR_REASONS[of], size: floor.size }] : [];
  });

export const desiredSize = (
  rules: SizingRules,
  recommendation: Recommendation,
  context: MonitorContext,
  at: number,
  windowFull: boolean,
): DesiredSize => {
  const bounds = effectiveRules(rules, context);
  const unbounded = { ...bounds, max: null };
  const raw = { cpu: recommendation.cpu ?? 0, mem: recommendation.memBytes ?? 0 };
  const floors = activeFloors(context, at).filter(({ size }) => exceeds(size, toWholeUnits(bounds, raw)));
  const wanted = floors.reduce((size, floor) => larger(size, floor.size), raw);
  const { size, because, withheld } = notHasty(bounds, wanted, recommendation, context.granted, windowFull);
  return {
    desired: size,
    capped: toWholeUnits(unbounded, wanted).mem > toWholeUnits(bounds, wanted).mem,
    retaining: !windowFull,
    withheld,
    recommendedMemBytes: recommendation.memBytes === null ? null : toWholeUnits(bounds, raw).mem,
    because: [...floors.map((floor) => floor.because), ...(because === null ? [] : [because])],
  };
};
