/** Failures as values, told apart by the state of the connection: most errors of a lost one have no code. */
import * as t from 'io-ts';
import { MAX_REASON_CHARS } from './limits';

export interface Failure {
  /**
   * refused: the server answered and the answer is no; to repeat it at once is of no use.
   * lost: no (whole) answer. The statement may have been carried out or not; a new connection may do better.
   * notOffered: the server has no such cache. The command ends with it, but for its caller nothing has failed.
   */
  readonly kind: 'refused' | 'lost' | 'notOffered';
  readonly reason: string;
}

export const refused = (reason: string): Failure => ({ kind: 'refused', reason });
export const lost = (reason: string): Failure => ({ kind: 'lost', reason });
export const notOffered = (reason: string): Failure => ({ kind: 'notOffered', reason });

/** A host with several addresses gives one error for each, under one without a message. */
const Several = t.type({ errors: t.array(t.unknown) });
const Single = t.type({ message: t.string });

const textOf = (error: unknown): string => {
  if (Several.is(error)) return error.errors.map(textOf).join(', ');
  return Single.is(error) ? error.message : String(error);
};

/** What was thrown, as one short line. */
export const messageOf = (error: unknown): string =>
  textOf(error).replace(/\s+/g, ' ').trim().slice(0, MAX_REASON_CHARS);
