/** Failures as values, distinguished by the state of the connection: most errors of a lost one have no code. */
import * as t from 'io-ts';
import { dsnSecrets } from '../../shared/config/texts/dsn';
import { createRedactor } from '../../shared/logging/redact';

/** Server messages are a line; what a broken server may send is cut here. The longest statement of ours has half of it. */
const MAX_REASON_CHARS = 500;

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

/** What was thrown, as it says it: `createReasonText` comes after it. */
export const messageOf = (error: unknown): string => {
  if (Several.is(error)) return error.errors.map(messageOf).join(', ');
  return Single.is(error) ? error.message : String(error);
};

/** Control characters, those that turn the direction of text or are not seen, and halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}]/gu;
const HEX_DIGITS = 4;
const escaped = (text: string): string =>
  Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(HEX_DIGITS, '0')}`).join(
    '',
  );

/** Half a character at the end, where a cut went through it. */
const CUT_CHARACTER = /[\uD800-\uDBFF]$/;

/** A text of the server as one short line that steers no terminal. */
const shortLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim().replace(UNSEEN, escaped);
  return line.length <= MAX_REASON_CHARS ? line : `${line.slice(0, MAX_REASON_CHARS).replace(CUT_CHARACTER, '')}…`;
};

/**
 * Reasons as they leave this module. Secrets first: one that is cut or escaped would not be found any more.
 * @param dsn whose passwords are hidden
 */
export const createReasonText = (dsn: string): ((reason: string) => string) => {
  const redact = createRedactor(dsnSecrets(dsn));
  return (reason) => shortLine(redact(reason));
};
