/** The one DownscaleRequest that may be in flight: matched by its id, and not waited for without end. */
export interface DownscaleInFlight {
  /** A request has been sent under this id; null: it could not be sent. */
  sent(id: number | null): void;
  /** True when `id` is the one in flight; then it is so no longer. */
  settles(id: number): boolean;
  forget(): void;
}

export const downscaleInFlight = (answerMs: number, onOverdue: () => void): DownscaleInFlight => {
  let awaited: number | null = null;
  let patience: NodeJS.Timeout | undefined;
  const forget = (): void => {
    awaited = null;
    clearTimeout(patience);
  };
  return {
    forget,
    sent: (id) => {
      awaited = id;
      patience = setTimeout(() => {
        forget();
        onOverdue();
      }, answerMs);
    },
    settles: (id) => {
      if (id !== awaited) return false;
      forget();
      return true;
    },
  };
};
