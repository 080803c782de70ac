/**
 * R1: a state that was written to a segment's head and read back goes on exactly as the one in
 * memory: folding the inputs again gives the same outputs and timers. In a long run not each stretch
 * is folded again, only one behind each of some heads that are spread over it.
 */
import { isLeft } from 'fp-ts/Either';
import { continueFrom, saveState } from '../../machines/monitor/engine/save';
import type { Engine, Step } from '../../machines/monitor/engine/engine';
import type { EngineState } from '../../machines/monitor/engine/state';
import type { Rule, Trace, Violation } from './trace';

const HEADS_MAX = 5;
const STEPS_PER_HEAD = 6;

const asText = ({ outputs, timers }: Step): string => JSON.stringify({ outputs, timers });

const throughJson = (engine: Engine, state: EngineState): EngineState => {
  const saved: unknown = JSON.parse(JSON.stringify(saveState(engine, state)));
  const read = continueFrom(engine, saved);
  if (isLeft(read)) throw new Error(read.left);
  return read.right;
};

const foldFrom = ({ engine, steps }: Trace, head: number): Violation | null => {
  const stretch = steps.slice(head, head + STEPS_PER_HEAD);
  let state = throughJson(engine, stretch[0]!.before);
  for (const [i, { at, input, step }] of stretch.entries()) {
    const again = engine.step(state, at, input);
    if (asText(again) !== asText(step)) {
      return { rule: 'R1', index: head + i, at, why: `${asText(step)} became ${asText(again)}` };
    }
    state = again.state;
  }
  return null;
};

export const r01Replayable: Rule = (trace) => {
  const stride = Math.max(STEPS_PER_HEAD, Math.ceil(trace.steps.length / HEADS_MAX));
  for (let head = 0; head < trace.steps.length; head += stride) {
    const violation = foldFrom(trace, head);
    if (violation !== null) return violation;
  }
  return null;
};
