/** Aborts at the first SIGTERM or SIGINT; a second one ends the process as the system would. */
export const stopSignal = (): AbortSignal => {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => {
      stop.abort();
    });
  }
  return stop.signal;
};
