/** Lines of a JSON log, and how specs wait for one. */
import { isDeepStrictEqual } from 'node:util';
import type { EventLine } from '../../adapters/shared/logging/event-line';
import type { Level } from '../../adapters/shared/logging/line';

export type LogLine = Readonly<Record<string, unknown>> & { readonly level: Level; readonly msg: string };

/** What the fields of a line must be: equal, or a text that matches. Fields that are not named may be anything. */
export type Wanted = Readonly<Record<string, unknown>>;

const isAsWanted = (found: unknown, wanted: unknown): boolean =>
  wanted instanceof RegExp ? typeof found === 'string' && wanted.test(found) : isDeepStrictEqual(found, wanted);

/** @param msg null: of any kind */
export const isLine = (line: LogLine, msg: string | null, fields: Wanted): boolean =>
  (msg === null || line.msg === msg) && Object.entries(fields).every(([key, wanted]) => isAsWanted(line[key], wanted));

// Every line of a JSON log is an object with these two fields.
export const readLine = (text: string): LogLine => JSON.parse(text) as LogLine;

export const eventLineOf = ({ level, msg, ...fields }: LogLine): EventLine => ({ level, msg, fields });
