/** What the wall clock showed at each line: a segment's head bears it, `at` counts on from there. */
import { headIn, type AnyEnvelope } from '../../../machines/shared/events/envelope';

/** To be asked for each line of a log in order. Milliseconds since 1970; null where the head bears no time. */
export type WallClock = (line: AnyEnvelope) => number | null;

export const createWallClock = (): WallClock => {
  let offsetMs = NaN;
  return (line) => {
    const head = headIn(line);
    if (head !== null) offsetMs = Date.parse(head.wallClock) - line.at;
    const ms = offsetMs + line.at;
    return Number.isNaN(ms) ? null : ms;
  };
};
