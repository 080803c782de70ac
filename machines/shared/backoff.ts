/** first, 2 × first, 4 × first … up to last; `attempt` counts from 0. */
export const backoffMs = (firstMs: number, lastMs: number, attempt: number): number =>
  Math.min(lastMs, firstMs * 2 ** Math.min(attempt, 30));
