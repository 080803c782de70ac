import { Retries } from '../../../../adapters/agent/session/retries';
import { SESSION_TIMING } from '../../../../adapters/agent/session/timing';

/** The waits of so many attempts in vain, from `nowMs` on; each attempt takes no time. */
const waits = (retries: Retries, attempts: number, nowMs = 0): number[] => {
  let at = nowMs;
  return Array.from({ length: attempts }, () => {
    const waitMs = retries.lost(at);
    at += waitMs;
    return waitMs;
  });
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Lost after so long. */
const afterConnectionOf = (ms: number): Retries => {
  const retries = new Retries(SESSION_TIMING);
  retries.connected(-ms);
  return retries;
};

describe('attempts to connect', () => {
  it('come ever later while there never was a connection', () => {
    expect(waits(new Retries(SESSION_TIMING), 6)).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
  });

  it('come quickly after the loss of a connection that had lasted', () => {
    expect(waits(afterConnectionOf(60_000), 6)).toEqual([100, 200, 400, 400, 400, 400]);
  });

  it('come ever later again when that has been of no use for a while', () => {
    const all = waits(afterConnectionOf(60_000), 50);
    const slow = all.indexOf(500);
    expect(sum(all.slice(0, slow))).toBeGreaterThanOrEqual(15_000);
    expect(all.slice(slow, slow + 5)).toEqual([500, 1000, 2000, 4000, 5000]);
  });

  it('are not quick after one that broke at once, so that two agents do not chase each other', () => {
    expect(waits(afterConnectionOf(100), 3)).toEqual([500, 1000, 2000]);
  });

  it('begin anew with each connection', () => {
    const retries = new Retries(SESSION_TIMING);
    waits(retries, 5);
    retries.connected(20_000);
    expect(waits(retries, 1, 20_100)).toEqual([500]);
    retries.connected(30_000);
    expect(waits(retries, 2, 90_000)).toEqual([100, 200]);
    retries.connected(91_000);
    expect(waits(retries, 1, 91_100)).toEqual([500]);
  });
});
