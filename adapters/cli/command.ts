/** A command of the command line. */
import type { Environment } from '../shared/config/environment';
import type { Terminal } from './terminal';

/** @param args without the command's name; @returns the exit status */
export type CliCommand = (args: readonly string[], environment: Environment, terminal: Terminal) => Promise<number>;
