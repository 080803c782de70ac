/**
 * R12: no wish below the granted size before beats have covered the longest window, also after a
 * restart. Coverage is reckoned here anew from the beats of the trace.
 */
import type { Size } from '../../machines/events/size.codec';
import { exceeds } from '../../machines/sizing';
import { contextAfter, framesOf, type Rule, type TraceStep } from './trace';

const GAP_MS = 30_000;

const wishes = (step: TraceStep): Size[] => [
  ...step.step.outputs.flatMap((output) => (output.type === 'size.decided' ? [output.desired] : [])),
  ...framesOf(step, 'ScaleRequest').flatMap(({ target }) => target ?? []),
];

/** The size as the step leaves it: a beat assumes it before it decides, a frame grants it before we ask. */
const grantedIn = (step: TraceStep): Size | null => contextAfter(step).granted;

export const r12NoHastyShrink: Rule = ({ engine, start, steps }) => {
  let { coveredSince, beatAt } = start.domain;
  for (const [index, step] of steps.entries()) {
    const { at, input } = step;
    if (input.type === 'beat.sampled') {
      if (coveredSince === null || beatAt === null || at - beatAt > GAP_MS) coveredSince = at;
      beatAt = at;
    }
    const covered = coveredSince === null ? 0 : at - coveredSince;
    const granted = grantedIn(step);
    if (granted === null || covered >= engine.policy.longestWindowMs) continue;
    const smaller = wishes(step).find((size) => exceeds(granted, size));
    if (smaller === undefined) continue;
    const why = `${JSON.stringify(smaller)} is less than ${JSON.stringify(granted)} after only ${covered} ms of samples`;
    return { rule: 'R12', index, at, why };
  }
  return null;
};
