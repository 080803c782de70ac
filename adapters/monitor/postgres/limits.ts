/** Bounds and deadlines of the file cache actor (rule R10): a hung server costs us this much and no more. */
import { MIB, SECOND_MS } from '../../../machines/shared/units';
import type { AnswerBounds } from './answer-watch';

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

/**
 * Far above what an honest server sends: 60 rows at most, 20 messages at login, errors of a few hundred bytes. What
 * passes is held by pg's parser, so these bound our memory, and messages bound the time that parsing takes.
 */
export const ANSWER_BOUNDS: AnswerBounds = { messageBytes: MIB, bytes: 2 * MIB, messages: 2_000, rows: 1_000 };

/** As often as neondatabase/autoscaling's agent looks; a window of a minute does not change sooner. */
export const WORKING_SET_EVERY_MS = 15 * SECOND_MS;

/** While nobody is connected or a command is under way. */
export const WORKING_SET_AGAIN_MS = SECOND_MS;

/** Windows of 1 to 60 minutes, which is what neon's estimate reaches back. */
export const WORKING_SET_WINDOWS = 60;

/**
 * The server itself gives up the estimate then, so that a slow one costs neither the connection nor a
 * resize that waits behind it more than this.
 */
export const WORKING_SET_SERVER_MS = 400;

/** The server itself gives up then to find who waits for whom; it is asked four times a second during a throttle. */
export const WAITING_SERVER_MS = 400;
/** Sessions that are looked at: one that waits is enough to know, and each look takes a short lock of all lock tables. */
export const WAITING_LOOKED_AT = 16;

/** The statechart has one command under way; the rest is for the actor's own renewal and a stop in between. */
export const MAX_WAITING_STATEMENTS = 4;

/** Server messages are a line; what a broken server may send is cut here. The longest statement of ours has half of it. */
export const MAX_REASON_CHARS = 500;
