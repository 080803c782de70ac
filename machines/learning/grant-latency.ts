/**
 * How long a grant takes, from the first wish to the size being seen. Learned cautiously: a slow grant
 * counts at once, fast ones wear the estimate down, because a forecast that is too short costs more.
 */
import * as t from 'io-ts';
import { MINUTE_MS, SECOND_MS } from '../units';

const Estimate = t.type({ ms: t.number, samples: t.number });
export const GrantLatency = t.type({ up: Estimate, down: Estimate });
export type GrantLatency = t.TypeOf<typeof GrantLatency>;

/** Before anything was seen: what resizing a QEMU VM through its agent commonly takes. */
export const UNLEARNED: GrantLatency = {
  up: { ms: 1.5 * SECOND_MS, samples: 0 },
  down: { ms: 6 * SECOND_MS, samples: 0 },
};

/** An answer later than this is a host without room, not a slow one; it would ruin every forecast. */
export const LONGEST_GRANT_MS = MINUTE_MS;
/** Share of a faster sample that enters the estimate. */
const EASE = 0.2;

/** Takes one finished grant. */
export const learnGrant = (latency: GrantLatency, direction: 'up' | 'down', tookMs: number): GrantLatency => {
  const old = latency[direction];
  const sample = Math.min(LONGEST_GRANT_MS, Math.max(0, tookMs));
  const slower = old.samples === 0 || sample > old.ms;
  const ms = slower ? sample : old.ms + EASE * (sample - old.ms);
  return { ...latency, [direction]: { ms: Math.round(ms), samples: old.samples + 1 } };
};
