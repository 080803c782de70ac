/**
 * How long a grant takes, from the first request to the size being observed, by direction and by how much
 * memory moves. Learned cautiously: a slow grant counts at once, fast ones wear the estimate down,
 * because a forecast that is too short costs more.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { GIB, MINUTE_MS, SECOND_MS } from '../../shared/units';

const Estimate = t.readonly(t.type({ ms: finite, samples: finite }));
type Estimate = t.TypeOf<typeof Estimate>;

type Step = 'small' | 'medium' | 'large';
const Estimates = t.readonly(t.type({ small: Estimate, medium: Estimate, large: Estimate }));
type Estimates = t.TypeOf<typeof Estimates>;

export type Direction = 'up' | 'down';
export const GrantLatency = t.readonly(t.type({ up: Estimates, down: Estimates }));
export type GrantLatency = t.TypeOf<typeof GrantLatency>;

/** Before anything was observed: what resizing a QEMU VM through its agent commonly takes. */
const USUAL_UP: Estimate = { ms: 1.5 * SECOND_MS, samples: 0 };
const USUAL_DOWN: Estimate = { ms: 6 * SECOND_MS, samples: 0 };

export const UNLEARNED: GrantLatency = {
  up: { small: USUAL_UP, medium: USUAL_UP, large: USUAL_UP },
  down: { small: USUAL_DOWN, medium: USUAL_DOWN, large: USUAL_DOWN },
};

/** An answer later than this is a host without free memory, not a slow one; it would ruin every forecast. */
export const LONGEST_GRANT_MS = MINUTE_MS;
/** Share of a faster sample that enters the estimate. */
const EASE = 0.2;

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

const known = (estimates: Estimates, step: Step): Estimate => {
  for (const like of LIKE[step]) if (estimates[like].samples > 0) return estimates[like];
  return estimates[step];
};

/** Takes one finished grant that moved `bytes` of memory. */
export const learnGrant = (
  latency: GrantLatency,
  direction: Direction,
  bytes: number,
  tookMs: number,
): GrantLatency => {
  const step = stepOf(bytes);
  const old = latency[direction][step];
  const sample = Math.min(LONGEST_GRANT_MS, Math.max(0, tookMs));
  const slower = old.samples === 0 || sample > old.ms;
  const ms = slower ? sample : old.ms + EASE * (sample - old.ms);
  const learned = { ms: Math.round(ms), samples: old.samples + 1 };
  return { ...latency, [direction]: { ...latency[direction], [step]: learned } };
};

/** How long a grant that moves `bytes` is expected to take. */
export const expectedMs = (latency: GrantLatency, direction: Direction, bytes: number): number =>
  known(latency[direction], stepOf(bytes)).ms;

/** Whether a grant in this direction has been seen at all. */
export const isLearned = (latency: GrantLatency, direction: Direction): boolean =>
  Object.values(latency[direction]).some(({ samples }) => samples > 0);
