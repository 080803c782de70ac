/** Which command is meant: `vm-monitor [run] [flags]`, `vm-monitor replay LOG`, --help, --version. */
import { BUILD_ID } from '../../machines/shared/build-id';
import { didYouMean } from '../../machines/shared/config/nearest';
import { EXIT, refuse, type CliCommand } from './command';
import { asksForHelp, MONITOR_COMMAND_NAMES, TOOL_COMMAND_NAMES } from '../shared/command-names';

/** By name: those of one of the two programs. */
export type Commands = Readonly<Partial<Record<string, CliCommand>>>;

const unknown = ([name = '']: readonly string[]): string => {
  const allowed = [...MONITOR_COMMAND_NAMES, ...TOOL_COMMAND_NAMES];
  return `unknown command ${JSON.stringify(name)}, allowed are ${allowed.join(', ')}${didYouMean(name, allowed)}`;
};

/** `run` need not be given: flags alone, or nothing at all, mean it. */
const named = ([name = 'run', ...rest]: readonly string[]): readonly [string, readonly string[]] =>
  name.startsWith('-') ? ['run', [name, ...rest]] : [name, rest];

/** `COMMAND --help` means `help COMMAND`, and flags alone with --help mean `help`. */
const meant = (args: readonly string[]): readonly [string, readonly string[]] =>
  asksForHelp(args) ? ['help', args.slice(0, 1)] : named(args);

const asksForVersion = (args: readonly string[]): boolean =>
  args.includes('--version') || args[0] === '-V' || args[0] === 'version';

/** @returns what is run with what follows the program's name */
export const main =
  (commands: Commands): CliCommand =>
  async (args, environment, terminal) => {
    if (asksForVersion(args)) {
      terminal.out(`vm-monitor ${BUILD_ID}\n`);
      return EXIT.ok;
    }
    const [name, rest] = meant(args);
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    return command === undefined ? refuse(terminal, 'vm-monitor', unknown(args)) : command(rest, environment, terminal);
  };
