/** A command of the command line. */
import type { Surroundings } from '../shared/config/environment';
import type { Terminal } from './terminal';

/** @param args without the command's name; @returns the exit status */
export type Command = (args: readonly string[], surroundings: Surroundings, terminal: Terminal) => Promise<number>;
