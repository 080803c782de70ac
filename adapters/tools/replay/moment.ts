/** Moments of a log as people name them, for --since and --until. */
import * as E from 'fp-ts/Either';
import { HOUR_MS, SECOND_MS } from '../../../machines/shared/units';
import type { TextReader } from '../../../machines/shared/config/texts/text-reader';
import type { Decision } from '.';

export type Moment =
  /** Milliseconds since the log began. */
  | { readonly kind: 'at'; readonly ms: number }
  /** Milliseconds since 1970. */
  | { readonly kind: 'wall'; readonly ms: number }
  /** Milliseconds since midnight, UTC. */
  | { readonly kind: 'timeOfDay'; readonly ms: number };

/** A moment of which it is known whether a decision came before it. */
export type Instant = Exclude<Moment, { kind: 'timeOfDay' }>;

const DAY_MS = 24 * HOUR_MS;

const ALLOWED =
  'a time (HH:MM or HH:MM:SS, UTC), a date with time (ISO 8601, UTC unless it names a zone) or seconds of the log';

const SECONDS = /^(\d+(?:\.\d+)?)s?$/;
const TIME_OF_DAY = /^\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?Z?$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

const wallMs = (day: string, time: string, zone: string): number => Date.parse(`${day}T${time}${zone}`);

const inLog = (text: string): Moment | null => {
  const [, seconds] = SECONDS.exec(text) ?? [];
  return seconds === undefined ? null : { kind: 'at', ms: Math.round(Number(seconds) * SECOND_MS) };
};

const ofDay = (text: string): Moment | null => {
  if (!TIME_OF_DAY.test(text)) return null;
  // Date.parse wants two digits of the hour.
  const time = text.replace('Z', '').replace(/^(\d:)/, '0$1');
  return { kind: 'timeOfDay', ms: wallMs('1970-01-01', time, 'Z') };
};

const onWall = (text: string): Moment | null => {
  const [, day, time = '00:00', zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  return day === undefined ? null : { kind: 'wall', ms: wallMs(day, time, zone) };
};

export const moment: TextReader<Moment> = (text) => {
  const found = inLog(text) ?? ofDay(text) ?? onWall(text);
  return found !== null && Number.isFinite(found.ms) ? E.right(found) : E.left(ALLOWED);
};

/** The last time before `endMs` that the clock showed this time of day. */
const lastBefore = (endMs: number, ofDayMs: number): number => {
  const today = Math.floor(endMs / DAY_MS) * DAY_MS + ofDayMs;
  return today <= endMs ? today : today - DAY_MS;
};

const onDay = (named: Moment, endMs: number | null): Instant =>
  named.kind === 'timeOfDay' ? { kind: 'wall', ms: lastBefore(endMs ?? named.ms, named.ms) } : named;

/** What is shown: decisions from `since` to `until`, both included; null: no bound. */
export interface Window {
  readonly since: Instant | null;
  readonly until: Instant | null;
}

/**
 * A time of day is the last such one before the end of the log; the one of `until` the first after `since` where
 * that would come before it.
 *
 * @param endMs the wall clock at the log's last line; null where it is not known
 */
export const windowOf = (since: Moment | null, until: Moment | null, endMs: number | null): Window => {
  const from = since === null ? null : onDay(since, endMs);
  const to = until === null ? null : onDay(until, endMs);
  const isTurned = until?.kind === 'timeOfDay' && from?.kind === 'wall' && to !== null && to.ms < from.ms;
  return { since: from, until: isTurned ? { kind: 'wall', ms: lastBefore(from.ms + DAY_MS, until.ms) } : to };
};

/** Negative, 0 or positive: before, at or after. A decision without a wall clock is at every one. */
const compared = ({ at, wallClockMs }: Decision, { kind, ms }: Instant): number =>
  kind === 'at' ? at - ms : (wallClockMs ?? ms) - ms;

export const isWithin = (decision: Decision, { since, until }: Window): boolean =>
  (since === null || compared(decision, since) >= 0) && (until === null || compared(decision, until) <= 0);
