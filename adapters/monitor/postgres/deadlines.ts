/** Deadlines of SQL (rule R10): a hung server costs us this much and no more. */
import { SECOND_MS } from '../../../machines/shared/units';

export interface SqlDeadlines {
  /** Opening one connection: name look-up, TCP, TLS and login. */
  readonly openMs: number;
  /** One statement. */
  readonly queryMs: number;
  /** The whole of `connect`, a second try included. */
  readonly connectMs: number;
  /** The whole of `resize`: a DownscaleRequest must be answered 2.5 s after it came. */
  readonly resizeMs: number;
  /** From pg_reload_conf() until the new size must show; an idle server takes 3 ms. */
  readonly readBackMs: number;
  /** Between two looks for the new size. */
  readonly pollMs: number;
  /**
   * An idle connection is replaced by a new one after this long. A smart shutdown waits for idle
   * clients and does not notify them, and a route that was cut notifies nobody: so both are noticed, and
   * we hold up a smart shutdown no longer than this.
   */
  readonly renewMs: number;
}

export const SQL_DEADLINES: SqlDeadlines = {
  openMs: 2 * SECOND_MS,
  queryMs: SECOND_MS,
  connectMs: 4 * SECOND_MS,
  resizeMs: 2 * SECOND_MS,
  readBackMs: SECOND_MS,
  pollMs: 5,
  renewMs: 30 * SECOND_MS,
};

/** Work under a deadline: a signal that says why it aborted. */
export const withDeadline = async <T>(
  ms: number,
  stops: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`not done within ${ms} ms`));
  }, ms);
  try {
    return await work(AbortSignal.any([late.signal, ...stops]));
  } finally {
    clearTimeout(timer);
  }
};
