/** R10: the state, which is all that the core keeps, stays below a bound however long a run is. */
import { saveState } from '../../machines/monitor/engine/save';
import { MAX_WINDOW_ENTRIES } from '../../machines/monitor/policies/window-max';
import type { Rule } from './trace';

/** `{"at":1234567890,"value":12345678901},` and room for longer numbers. */
const CHARS_PER_ENTRY = 64;
/** Readings, growth, the chart's context with all its strings. */
const CHARS_OF_THE_REST = 16 * 1024;
/** Two windows (CPU and memory) and all else. */
export const MAX_STATE_CHARS = 2 * MAX_WINDOW_ENTRIES * CHARS_PER_ENTRY + CHARS_OF_THE_REST;

export const r10Bounded: Rule = ({ engine, steps }) => {
  const last = steps.at(-1);
  if (last === undefined) return null;
  const chars = JSON.stringify(saveState(engine, last.step.state)).length;
  if (chars <= MAX_STATE_CHARS) return null;
  return { rule: 'R10', index: steps.length - 1, at: last.at, why: `the state is ${chars} characters long` };
};
