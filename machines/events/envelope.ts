/** One line of the event log: `{"v":1,"seq":17,"at":5100,"event":{...}}`. */
import * as t from 'io-ts';
import { InputEvent } from './inputs';
import { OutputEvent } from './outputs';

export const LOG_VERSION = 1;

/**
 * The head of every segment. `state` is what the core needs to go on from here (see
 * machines/engine/state.ts); null only at the very first start. `bootTimeMs` is CLOCK_BOOTTIME at
 * this line, so that a restart within the same boot can carry `at` on.
 */
export const LogOpened = t.intersection([
  t.type({
    type: t.literal('log.opened'),
    role: t.keyof({ monitor: null, agent: null }),
    wallClock: t.string,
    bootId: t.string,
    bootTimeMs: t.number,
    build: t.string,
    config: t.UnknownRecord,
    state: t.unknown,
  }),
  t.partial({
    /** After a failed write: the last seq that is on disk. The numbers between were lost and said so. */
    resumedAfter: t.number,
  }),
]);
export type LogOpened = t.TypeOf<typeof LogOpened>;

export const LoggedEvent = t.union([InputEvent, OutputEvent, LogOpened]);
export type LoggedEvent = t.TypeOf<typeof LoggedEvent>;

export const Envelope = t.type({
  v: t.literal(LOG_VERSION),
  seq: t.number,
  at: t.number,
  event: LoggedEvent,
});
export type Envelope = t.TypeOf<typeof Envelope>;
