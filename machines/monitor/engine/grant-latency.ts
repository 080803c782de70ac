/**
 * How long a grant takes, from the first request to the size being observed, by direction and by how much memory
 * moves: a quantile of the newest ones. A forecast that is too short costs more than one that is too long, so it is a high
 * one; but a single slow grant is a host that was busy, and must not make every later request larger.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { GIB, MINUTE_MS, SECOND_MS } from '../../shared/units';

/** The newest, oldest first, in ms. */
const Samples = t.readonlyArray(finite);
type Samples = t.TypeOf<typeof Samples>;

type Step = 'small' | 'medium' | 'large';
const BySteps = t.readonly(t.type({ small: Samples, medium: Samples, large: Samples }));
type BySteps = t.TypeOf<typeof BySteps>;

export type Direction = 'up' | 'down';
export const GrantLatency = t.readonly(t.type({ up: BySteps, down: BySteps }));
export type GrantLatency = t.TypeOf<typeof GrantLatency>;

const NONE: BySteps = { small: [], medium: [], large: [] };
export const UNLEARNED: GrantLatency = { up: NONE, down: NONE };

/** What resizing a QEMU VM through its agent commonly takes: counts as one sample more. */
const USUAL_MS: Readonly<Record<Direction, number>> = { up: 1.5 * SECOND_MS, down: 6 * SECOND_MS };

const QUANTILE = 0.75;
/** Some hours of resizes: what a host was like yesterday says little. */
const SAMPLES_MAX = 8;

/** An answer later than this is a host without free memory, not a slow one; it would ruin every forecast. */
export const LONGEST_GRANT_MS = MINUTE_MS;

/** A unit or so; a few; more. The time to plug and to bring online goes with the bytes. */
const SMALL_BYTES = GIB;
const MEDIUM_BYTES = 4 * GIB;

const stepOf = (bytes: number): Step => {
  if (bytes <= SMALL_BYTES) return 'small';
  return bytes <= MEDIUM_BYTES ? 'medium' : 'large';
};

/** Where a step has not been seen yet, the one that is most like it and no quicker comes first. */
const LIKE: Readonly<Record<Step, readonly Step[]>> = {
  small: ['small', 'medium', 'large'],
  medium: ['medium', 'large', 'small'],
  large: ['large', 'medium', 'small'],
};

const known = (steps: BySteps, step: Step): Samples => {
  for (const like of LIKE[step]) if (steps[like].length > 0) return steps[like];
  return [];
};

/** The lower one, where a quantile lies between two: one slow grant of two is not believed. */
export const quantileMs = (direction: Direction, samples: Samples): number => {
  const sorted = [USUAL_MS[direction], ...samples].sort((a, b) => a - b);
  return sorted[Math.floor(QUANTILE * (sorted.length - 1))] ?? 0;
};

/** Takes one finished grant that moved `bytes` of memory. */
export const learnGrant = (
  latency: GrantLatency,
  direction: Direction,
  bytes: number,
  tookMs: number,
): GrantLatency => {
  const step = stepOf(bytes);
  const took = Math.round(Math.min(LONGEST_GRANT_MS, Math.max(0, tookMs)));
  const samples = [...latency[direction][step], took].slice(-SAMPLES_MAX);
  return { ...latency, [direction]: { ...latency[direction], [step]: samples } };
};

/** How long a grant that moves `bytes` is expected to take. */
export const expectedMs = (latency: GrantLatency, direction: Direction, bytes: number): number =>
  quantileMs(direction, known(latency[direction], stepOf(bytes)));

/** Whether a grant in this direction has been seen at all. */
export const isLearned = (latency: GrantLatency, direction: Direction): boolean =>
  Object.values(latency[direction]).some((samples) => samples.length > 0);
