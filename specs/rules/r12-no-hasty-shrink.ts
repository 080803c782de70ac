/**
 * R12: no request below the granted size before samples have covered the longest window, also after a
 * restart, unless the bounds lie below it. Coverage is reckoned here anew from the beats of the trace.
 */
import type { Size } from '../../machines/shared/events/size';
import { exceeds } from '../../machines/shared/sizing';
import { upperBound } from './r06-whole-units';
import { contextAfter, framesOf, type Rule, type TraceStep } from './trace';

const GAP_MS = 30_000;

/** What is requested, and what is decided and would be. */
const requests = (step: TraceStep): Size[] => [
  ...step.step.outputs.flatMap((output) =>
    output.type === 'size.decided' && !contextAfter(step).withheld ? [output.desired] : [],
  ),
  ...framesOf(step, 'ScaleRequest').flatMap(({ target }) => target ?? []),
];

/** The size as the step leaves it: a beat assumes it before it decides, a frame grants it before we ask. */
const grantedIn = (step: TraceStep): Size | null => contextAfter(step).granted;

export const r12NoHastyShrink: Rule = ({ engine, start, steps }) => {
  let { coveredSince, coveredUntil } = start.domain;
  for (const [index, step] of steps.entries()) {
    const { at, input } = step;
    if (input.type === 'sample.taken') {
      if (coveredSince === null || coveredUntil === null || at - coveredUntil > GAP_MS) coveredSince = at;
      coveredUntil = at;
    }
    const covered = coveredSince === null ? 0 : at - coveredSince;
    const granted = grantedIn(step);
    if (granted === null || covered >= engine.policy.longestWindowMs) continue;
    const max = upperBound(engine.config.sizing, contextAfter(step));
    const within = { cpu: Math.min(granted.cpu, max.cpu), mem: Math.min(granted.mem, max.mem) };
    const smaller = requests(step).find((size) => exceeds(within, size));
    if (smaller === undefined) continue;
    const why = `${JSON.stringify(smaller)} is less than ${JSON.stringify(granted)} after only ${covered} ms of samples`;
    return { rule: 'R12', index, at, why };
  }
  return null;
};
