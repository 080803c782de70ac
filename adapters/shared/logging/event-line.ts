/** A log line of one kind: `msg` names the kind and never changes, the values are fields. */
import type { Fields, Level } from './line';
import type { Logger } from './logger';

export interface EventLine {
  readonly level: Level;
  readonly msg: string;
  readonly fields: Fields;
}

export const info = (msg: string, fields: Fields = {}): EventLine => ({ level: 'info', msg, fields });
export const warning = (msg: string, fields: Fields = {}): EventLine => ({ level: 'warn', msg, fields });
export const failure = (msg: string, fields: Fields = {}): EventLine => ({ level: 'error', msg, fields });

export const logEach = (logger: Logger, lines: readonly EventLine[]): void => {
  for (const { level, msg, fields } of lines) logger[level](msg, fields);
};
