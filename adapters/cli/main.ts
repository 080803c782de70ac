/** Which command is meant: `vm-monitor [run] [flags]`, `vm-monitor replay LOG`, --help, --version. */
import * as E from 'fp-ts/Either';
import { BUILD_ID } from '../build-id';
import { configFromArguments } from '../config/load';
import type { Surroundings } from '../config/surroundings';
import { doctorCommand } from './doctor.command';
import { EXIT } from './exit-status';
import { helpText } from './help';
import { replayCommand } from './replay.command';
import { runCommand } from './run.command';
import { statusCommand } from './status.command';
import type { Terminal } from './terminal';
import { thawCommand } from './thaw.command';

/** @param args without the command's name; @returns the exit status */
type Command = (args: readonly string[], surroundings: Surroundings, terminal: Terminal) => Promise<number>;

const run: Command = (args, surroundings, terminal) => {
  const config = configFromArguments(args, surroundings);
  if (E.isRight(config)) return runCommand(config.right, surroundings);
  terminal.err(`vm-monitor: ${config.left}\n`);
  return Promise.resolve(EXIT.refused);
};

const notYet =
  (name: string): Command =>
  (_args, _surroundings, terminal) => {
    terminal.err(`vm-monitor ${name}: not in this version\n`);
    return Promise.resolve(EXIT.refused);
  };

/** Loaded only when it is asked for: what a monitor loads and does not need is idle memory. */
const simulate: Command = async (args, _surroundings, terminal) => {
  const { simulateCommand } = await import('./simulate.command');
  return simulateCommand(args, terminal);
};

const LATER = ['agent', 'visualize'];

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['run', run],
  ['replay', (args, _surroundings, terminal) => replayCommand(args, terminal)],
  ['status', statusCommand],
  ['doctor', doctorCommand],
  ['thaw', thawCommand],
  ['simulate', simulate],
  ...LATER.map((name) => [name, notYet(name)] as const),
]);

const unknown: Command = ([name = ''], _surroundings, terminal) => {
  const allowed = [...COMMANDS.keys()].join(', ');
  terminal.err(`vm-monitor: unknown command ${JSON.stringify(name)}, allowed are ${allowed}\n`);
  return Promise.resolve(EXIT.refused);
};

/** @param args what follows the program's name; @returns the exit status */
export const main: Command = async (args, surroundings, terminal) => {
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(helpText());
    return EXIT.ok;
  }
  if (args.includes('--version')) {
    terminal.out(`vm-monitor ${BUILD_ID}\n`);
    return EXIT.ok;
  }
  const [name = ''] = args;
  // `run` need not be said: flags alone, or nothing at all, mean it.
  if (name === '' || name.startsWith('-')) return run(args, surroundings, terminal);
  const command = COMMANDS.get(name);
  return command === undefined ? unknown(args, surroundings, terminal) : command(args.slice(1), surroundings, terminal);
};
