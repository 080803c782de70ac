/**
 * The rules that always hold, one file each; every scenario and fuzz run is judged by all of them.
 * Not here: R2 (pure core) is held by the layering check, R13 (not part of the problem) concerns the
 * monitor's own process, R9 (half is better than nothing) is a matter of which inputs are missing, so the
 * fuzz leaves groups of readings out. Of R3 (first, do no harm) only the core's part is here: what is
 * commanded. That it is carried out, and undone when we die, is tested with the adapters.
 */
import { r01Replayable } from './r01-replayable';
import { r03FirstDoNoHarm } from './r03-first-do-no-harm';
import { r04ColdCache } from './r04-cold-cache';
import { r05NeverBelowUse } from './r05-never-below-use';
import { r06WholeUnits } from './r06-whole-units';
import { r07AskUntilTrue } from './r07-ask-until-true';
import { r08OneAtATime } from './r08-one-at-a-time';
import { r10Bounded } from './r10-bounded';
import { r11HonestSize } from './r11-honest-size';
import { r12NoHastyShrink } from './r12-no-hasty-shrink';
import type { Rule, Trace, Violation } from './trace';

export type { Rule, Trace, TraceStep, Violation } from './trace';

const RULES: readonly Rule[] = [
  r01Replayable,
  r03FirstDoNoHarm,
  r04ColdCache,
  r05NeverBelowUse,
  r06WholeUnits,
  r07AskUntilTrue,
  r08OneAtATime,
  r10Bounded,
  r11HonestSize,
  r12NoHastyShrink,
];

/** All rules that the run broke; none is expected. */
export const checkRules = (trace: Trace): Violation[] => RULES.flatMap((rule) => rule(trace) ?? []);
