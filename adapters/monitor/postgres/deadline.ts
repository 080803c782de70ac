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
