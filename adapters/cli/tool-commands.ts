/** The commands that do not run inside the VM: a program of their own, so that the monitor does not load them. */
import { agentCommand } from './agent.command';
import type { CliCommand } from './command';
import type { ToolCommandName } from '../shared/command-names';
import { EXIT } from './exit-status';
import { helpText } from './help';
import { replayCommand } from './replay.command';
import { simulateCommand } from './simulate.command';

const notYet =
  (name: string): CliCommand =>
  (_args, _surroundings, terminal) => {
    terminal.err(`vm-monitor ${name}: not in this version\n`);
    return Promise.resolve(EXIT.refused);
  };

const help: CliCommand = ([name], _surroundings, terminal) => {
  terminal.out(helpText(name ?? null));
  return Promise.resolve(EXIT.ok);
};

export const TOOL_COMMANDS: Readonly<Record<ToolCommandName, CliCommand>> = {
  replay: (args, _surroundings, terminal) => replayCommand(args, terminal),
  simulate: (args, _surroundings, terminal) => simulateCommand(args, terminal),
  agent: agentCommand,
  visualize: notYet('visualize'),
  help,
};
