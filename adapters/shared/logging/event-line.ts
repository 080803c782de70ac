/** An event as a line for people. */
import type { Level } from './line';

export interface EventLine {
  readonly level: Level;
  readonly msg: string;
}

export const info = (msg: string): EventLine => ({ level: 'info', msg });
export const warning = (msg: string): EventLine => ({ level: 'warn', msg });
