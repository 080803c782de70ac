/** One line of the event log: `{"v":2,"seq":17,"at":5100,"event":{...}}`. */
import * as t from 'io-ts';
import { finite } from './finite';

/** Of version 1 see version-1.ts. */
export const LOG_VERSION = 2;

/**
 * The head of every segment. `state` is what the core needs to go on from here (of
 * the monitor see machines/monitor/engine/save.ts); null only at the very first start. `bootTimeMs` is CLOCK_BOOTTIME at
 * this line, so that a restart within the same boot can carry `at` on.
 */
export const LogOpened = t.intersection([
  t.type({
    type: t.literal('log.opened'),
    role: t.keyof({ monitor: null, agent: null }),
    wallClock: t.string,
    bootId: t.string,
    bootTimeMs: finite,
    build: t.string,
    config: t.UnknownRecord,
    state: t.unknown,
  }),
  t.partial({
    /** After a failed write: the last seq that is on disk. The numbers between were lost, which was logged. */
    resumedAfter: finite,
  }),
]);
export type LogOpened = t.TypeOf<typeof LogOpened>;

type EnvelopeC<Event extends t.Mixed> = t.TypeC<{
  v: t.LiteralC<typeof LOG_VERSION>;
  seq: typeof finite;
  at: typeof finite;
  event: Event;
}>;

/** Lines whose events are of one role. */
export const envelopeOf = <Event extends t.Mixed>(event: Event): EnvelopeC<Event> =>
  t.type({ v: t.literal(LOG_VERSION), seq: finite, at: finite, event });

/** A line with events of any kind. */
export interface LineOf<Event> {
  readonly v: typeof LOG_VERSION;
  readonly seq: number;
  readonly at: number;
  readonly event: Event;
}
/** Every event has a type. */
export interface Typed {
  readonly type: string;
}
export type AnyEnvelope = LineOf<Typed>;

/** Only the head bears this type, in every role's log. */
export const isHead = (event: Typed): event is LogOpened => event.type === 'log.opened';

/** The head in a line; null for all other lines. */
export const headIn = ({ event }: AnyEnvelope): LogOpened | null => (isHead(event) ? event : null);
