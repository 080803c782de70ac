/**
 * When the draft sends a request, and which: at the first sample always; later when the window's
 * maximum differs from what was last sent and the shortest interval is over. It never sends again
 * what it has sent. Source: the draft of ScaleRequest in neondatabase/neon's vm_monitor (2024).
 */
import { FINITE, NOT_NEGATIVE, requireFields } from '../../../shared/check';
import { sameSize } from '../../../shared/sizing';
import type { Size } from '../../../shared/events/size';
import { maxOf } from '../window-max';
import { requireSlidingMaxRules, type SlidingMaxRules } from './rules';
import { NO_WINDOWS, observeSample, type SlidingMaxWindows } from './windows';

export interface SlidingMaxOptions extends SlidingMaxRules {
  /** Shortest time between two requests. */
  readonly minIntervalMs: number;
}

/** One look at the VM. `at`: monotonic ms. */
export interface SlidingMaxSample {
  readonly at: number;
  readonly load1: number;
  /** MemTotal - MemAvailable. */
  readonly usedMemBytes: number;
}

/** Plain JSON. */
export interface RequestsState {
  readonly windows: SlidingMaxWindows;
  /** The last request; null before the first sample. */
  readonly sent: { readonly at: number; readonly target: Size } | null;
}

export interface RequestsStep {
  readonly state: RequestsState;
  /** The request sent at this sample, in vCPUs and bytes, or null. */
  readonly request: Size | null;
}

export interface SlidingMax {
  readonly observe: (sample: SlidingMaxSample) => Size | null;
}

export const NOTHING_SENT: RequestsState = { windows: NO_WINDOWS, sent: null };

/** Pure: does not change `state`. */
export const stepRequests = (
  options: SlidingMaxOptions,
  state: RequestsState,
  sample: SlidingMaxSample,
): RequestsStep => {
  const windows = observeSample(options, state.windows, sample);
  const target = { cpu: maxOf(windows.cpu), mem: maxOf(windows.mem) };
  return isDue(options, state.sent, sample.at, target)
    ? { state: { windows, sent: { at: sample.at, target } }, request: target }
    : { state: { ...state, windows }, request: null };
};

const isDue = (options: SlidingMaxOptions, sent: RequestsState['sent'], at: number, target: Size): boolean =>
  sent === null || (!sameSize(target, sent.target) && at - sent.at >= options.minIntervalMs);

const SAMPLE_FIELDS = { at: FINITE, load1: NOT_NEGATIVE, usedMemBytes: NOT_NEGATIVE };

/**
 * The draft as an object that remembers its state. Throws RangeError for options out of bounds;
 * `observe` does for values that are negative or not finite, and when time goes back.
 */
export const createSlidingMax = (options: SlidingMaxOptions): SlidingMax => {
  requireSlidingMaxRules(options);
  requireFields('options', options, { minIntervalMs: NOT_NEGATIVE });
  let state = NOTHING_SENT;
  return {
    observe: (sample) => {
      requireFields('sample', sample, SAMPLE_FIELDS);
      const step = stepRequests(options, state, sample);
      state = step.state;
      return step.request;
    },
  };
};
