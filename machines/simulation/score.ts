/**
 * Scores policies against the yardstick: by families of traces, each with the same weight however many
 * traces it has. Ratios below 1 are better than the yardstick.
 */
import { addMeasures, noMeasures, type Measures } from './measures';
import { YARDSTICK } from './policies-under-test';

/** What one policy did on one trace. */
export interface Result {
  readonly trace: string;
  readonly policy: string;
  readonly medianIntervalSeconds: number;
  readonly knowsMemory: boolean;
  readonly measures: Measures;
}

/** One policy on one family, summed over its traces, beside the yardstick on the same. */
export interface FamilyScore {
  readonly family: string;
  readonly traces: number;
  readonly days: number;
  readonly measures: Measures;
  readonly yardstick: Measures;
  /** null: the family does not measure it. */
  readonly cpuShort: number;
  readonly memShort: number | null;
  readonly cpuCost: number | null;
  readonly memCost: number | null;
  readonly resizes: number | null;
}

/** Geometric means over families; null when no family measures it. */
export interface Score {
  readonly cpuShort: number | null;
  readonly memShort: number | null;
  readonly cpuCost: number | null;
  readonly memCost: number | null;
  readonly resizes: number | null;
}

export const DAY_SECONDS = 86_400;
/** Added to both sides per trace-day, so that nothing is no division by zero, and a trifle no triumph. */
const EPSILON_CORE_SECONDS = 1;
const EPSILON_GIB_SECONDS = 0.1;
const EPSILON_RESIZES = 1;
/** Traces in rows finer than this last minutes: they say how fast a policy is, not what it costs. */
const FINE_SECONDS = 5;

/** Whole hosts and not single VMs: reported separately, not in the mean. */
export const APART: ReadonlySet<string> = new Set(['alibaba2018_machine']);

/** The first two words of the trace's name: source and kind. */
export const familyOf = (trace: string): string => trace.split('_').slice(0, 2).join('_');

const sum = (results: readonly Result[]): Measures =>
  results.reduce((total, { measures }) => addMeasures(total, measures), noMeasures());

const scoreFamily = (family: string, results: readonly Result[], against: readonly Result[]): FamilyScore => {
  const [measures, yardstick] = [sum(results), sum(against)];
  const days = yardstick.durationSeconds / DAY_SECONDS;
  const ratio = (key: keyof Measures, epsilon: number): number =>
    (measures[key] + epsilon * days) / (yardstick[key] + epsilon * days);
  const lasts = results.every(({ medianIntervalSeconds }) => medianIntervalSeconds >= FINE_SECONDS);
  const knowsMemory = results.some((result) => result.knowsMemory);
  return {
    family,
    traces: results.length,
    days,
    measures,
    yardstick,
    cpuShort: ratio('cpuShortCoreSeconds', EPSILON_CORE_SECONDS),
    memShort: knowsMemory ? ratio('memShortGibSeconds', EPSILON_GIB_SECONDS) : null,
    cpuCost: lasts ? ratio('allocatedCoreSeconds', 0) : null,
    memCost: lasts && knowsMemory ? ratio('allocatedGibSeconds', 0) : null,
    resizes: lasts ? ratio('resizes', EPSILON_RESIZES) : null,
  };
};

/** `results` of one policy, `against` of the yardstick, on the same traces and under the same options. */
export const scoreFamilies = (results: readonly Result[], against: readonly Result[]): readonly FamilyScore[] => {
  const families = [...new Set(results.map(({ trace }) => familyOf(trace)))].sort();
  return families.map((family) => {
    const isOf = ({ trace }: Result): boolean => familyOf(trace) === family;
    return scoreFamily(family, results.filter(isOf), against.filter(isOf));
  });
};

const geometricMean = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0
    ? null
    : Math.exp(known.reduce((total, value) => total + Math.log(value), 0) / known.length);
};

/** Over all families but those reported separately. */
export const scoreOf = (families: readonly FamilyScore[]): Score => {
  const counted = families.filter(({ family }) => !APART.has(family));
  const mean = (key: keyof Score): number | null => geometricMean(counted.map((family) => family[key]));
  return {
    cpuShort: mean('cpuShort'),
    memShort: mean('memShort'),
    cpuCost: mean('cpuCost'),
    memCost: mean('memCost'),
    resizes: mean('resizes'),
  };
};

export interface Excess {
  readonly family: string;
  /** Above the yardstick, per trace-day; negative when nowhere above. */
  readonly perDay: number;
}

/** The family in which a shortage exceeds the yardstick's most. */
export const worstExcess = (
  families: readonly FamilyScore[],
  key: 'cpuShortCoreSeconds' | 'memShortGibSeconds',
): Excess | null =>
  families
    .filter(({ family }) => !APART.has(family))
    .map(({ family, measures, yardstick, days }) => ({ family, perDay: (measures[key] - yardstick[key]) / days }))
    .reduce<Excess | null>((worst, one) => (worst === null || one.perDay > worst.perDay ? one : worst), null);

/** Policies scored by what they did: each beside the yardstick, on the same traces and under the same options. */
export interface ScoredRun {
  readonly policy: string;
  readonly families: readonly FamilyScore[];
}

/** In the order of `policies`. `results` hold theirs and the yardstick's. */
export const scoreRun = (policies: readonly string[], results: readonly Result[]): readonly ScoredRun[] => {
  const of = (name: string): readonly Result[] => results.filter(({ policy }) => policy === name);
  return policies.map((policy) => ({ policy, families: scoreFamilies(of(policy), of(YARDSTICK)) }));
};
