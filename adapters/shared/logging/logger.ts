/**
 * Log lines: JSON for machines, readable ones for a terminal. Logging is never the reason that the
 * monitor fails: whatever is passed in, a call returns, and its line is bounded.
 */
import type { Fields, Level, Line, Redact } from './line';
import { jsonLine } from './json-line';
import { prettyLine, type Readable } from './pretty-line';
import { createRedactor } from './redact';

export interface Logger {
  readonly info: (msg: string, fields?: Fields) => void;
  readonly warn: (msg: string, fields?: Fields) => void;
  readonly error: (msg: string, fields?: Fields) => void;
}

export interface LoggerOptions {
  /** Readable: lines for people. */
  readonly format: 'json' | Readable;
  /** Gets one line without its newline. What it throws is swallowed: a closed pipe is no reason to stop. */
  readonly write: (line: string) => void;
  /** Wall clock, ms since 1970. */
  readonly clock: () => number;
  /** Texts that never reach a line, see redact.ts. */
  readonly secrets?: readonly string[];
}

const textMaker = (format: LoggerOptions['format']): ((line: Line, redact: Redact) => string) =>
  format === 'json' ? jsonLine : (line, redact) => prettyLine(line, redact, format);

export const createLogger = ({ format, write, clock, secrets = [] }: LoggerOptions): Logger => {
  const toText = textMaker(format);
  const redact = createRedactor(secrets);
  const log = (level: Level, msg: string, fields: Fields): void => {
    try {
      const line: Line = { level, msg, fields, ts: new Date(clock()).toISOString() };
      write(toText(line, redact));
    } catch {
      // There is no place left to report it.
    }
  };
  return {
    info: (msg, fields = {}) => {
      log('info', msg, fields);
    },
    warn: (msg, fields = {}) => {
      log('warn', msg, fields);
    },
    error: (msg, fields = {}) => {
      log('error', msg, fields);
    },
  };
};
