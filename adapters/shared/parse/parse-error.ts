/** How the parsers of kernel files say no. They are total: every text gives a value or one of these. */
import type { Either } from 'fp-ts/Either';

export interface ParseError {
  readonly file: string;
  /** Counted from 1; absent when the trouble is what is not there. */
  readonly line?: number;
  /** What was found and what was expected. */
  readonly message: string;
}

/** `file` serves the message only. */
export type Parser<A> = (file: string, text: string) => Either<ParseError, A>;

/** Enough of a foreign text to recognise it, never the whole of it. */
const EXCERPT_CHARS = 24;

/** The word at `at`, shortened and quoted. */
const excerpt = (text: string, at: number): string => {
  const word = text.slice(at, at + EXCERPT_CHARS).split(/\s/, 1)[0] ?? '';
  return word === '' ? 'nothing' : JSON.stringify(word);
};

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** A word that is not what it should be. */
export const unexpected = (file: string, text: string, at: number, expected: string): ParseError => ({
  file,
  line: lineAt(text, at),
  message: `found ${excerpt(text, at)}, expected ${expected}`,
});

/** A line that should be there. */
export const missing = (file: string, text: string, field: string): ParseError => ({
  file,
  message: text.trim() === '' ? `the file is empty, expected ${field}` : `${field} is missing`,
});

export const showParseError = (error: ParseError): string =>
  error.line === undefined ? `${error.file}: ${error.message}` : `${error.file} line ${error.line}: ${error.message}`;
