/** How the monitor and the agent end: orderly when their signal aborts, or by a broken invariant of ours. */
import { within } from './within';

/** An orderly exit takes at most 2 s; the rest is for the process to end. */
const STOP_MS = 1_500;

export interface Lifetime {
  /** A broken invariant of ours: it cannot go on. */
  readonly fail: (error: unknown) => void;
  /** Closes when it ends. Resolves after an orderly stop; rejects with what `fail` was called with. */
  readonly closing: (close: () => Promise<void>) => Promise<void>;
}

export const lifetimeOf = (signal: AbortSignal): Lifetime => {
  let end: (failure: { readonly error: unknown } | null) => void = () => undefined;
  const ended = new Promise<{ readonly error: unknown } | null>((resolve) => (end = resolve));
  signal.addEventListener('abort', () => {
    end(null);
  });
  if (signal.aborted) end(null);
  return {
    fail: (error) => {
      end({ error });
    },
    closing: (close) => {
      const done = ended.then(async (failure) => {
        await within(close(), STOP_MS);
        if (failure !== null) throw failure.error;
      });
      // Whoever started us may look at it only later; until then a rejection is not unhandled.
      done.catch(() => undefined);
      return done;
    },
  };
};
