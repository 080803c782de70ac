/**
 * Log lines: JSON for machines, readable ones for a terminal. Logging is never the reason that the
 * monitor fails: whatever is passed in, a call returns, and its line is bounded.
 */
import type { Fields, Level, Line } from './line';
import { jsonLine } from './json-line';
import { prettyLine, type Readable } from './pretty-line';
import { createRedactor } from './redact';

export type Logger = Readonly<Record<Level, (msg: string, fields?: Fields) => void>>;

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

export const createLogger = ({ format, write, clock, secrets = [] }: LoggerOptions): Logger => {
  const redact = createRedactor(secrets);
  const at =
    (level: Level): Logger[Level] =>
    (msg, fields = {}) => {
      try {
        const line: Line = { level, msg, fields, ts: new Date(clock()).toISOString() };
        write(format === 'json' ? jsonLine(line, redact) : prettyLine(line, redact, format));
      } catch {
        // There is no place left to report it.
      }
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
};
