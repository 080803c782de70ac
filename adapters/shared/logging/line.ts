/** One log line before it is text. */

export type Level = 'info' | 'warn' | 'error';
export type Fields = Readonly<Record<string, unknown>>;

export interface Line {
  readonly level: Level;
  readonly msg: string;
  readonly fields: Fields;
  /** ISO 8601, UTC. */
  readonly ts: string;
}

/** Hides secrets in a text. */
export type Redact = (text: string) => string;

/** Longest line in bytes: what journald and most collectors take whole. */
export const MAX_LINE_BYTES = 8 * 1024;

/** Shortens a text to `maxChars`, and shows that it did. */
export const cut = (text: string, maxChars: number): string =>
  text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
