/** What commands of the command line have in common. */
import type { Environment } from '../shared/config/environment';

/** Where a command writes. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** @param args without the command's name; @returns the exit status */
export type CliCommand = (args: readonly string[], environment: Environment, terminal: Terminal) => Promise<number>;

/** Exit status of every command. */
export const EXIT = {
  ok: 0,
  /** The work failed. */
  failed: 1,
  /** It was not understood what to do: unknown command or key, bad value, unreadable log. */
  refused: 2,
} as const;

/** One line about what was not understood. @param program "vm-monitor" with the command behind it */
export const refuse = ({ err }: Terminal, program: string, why: string): number => {
  err(`${program}: ${why}\n`);
  return EXIT.refused;
};
