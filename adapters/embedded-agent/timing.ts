/** Beats and waits of the embedded agent, as the reference agent has them (rule R10). */
import { SECOND_MS } from '../../machines/units';
import { SESSION_TIMING, type Timing as SessionTiming } from '../agent-session/timing';

export interface Timing extends SessionTiming {
  readonly healthCheckMs: number;
  /** How long a DownscaleRequest may stay without an answer. */
  readonly answerMs: number;
}

export const TIMING: Timing = { ...SESSION_TIMING, healthCheckMs: 5 * SECOND_MS, answerMs: 5 * SECOND_MS };

/** Health checks in a row without any frame from the monitor, after which it counts as gone. */
export const MAX_UNANSWERED_CHECKS = 3;
