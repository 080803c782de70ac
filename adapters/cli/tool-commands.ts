/** The commands that do not run inside the VM: a program of their own, so that the monitor does not load them. */
import { agentCommand } from './agent.command';
import { EXIT, refuse, type CliCommand } from './command';
import type { ToolCommandName } from '../shared/command-names';
import { helpText } from './help';
import { replayCommand } from './replay.command';
import { simulateCommand } from './simulate.command';

export const TOOL_COMMANDS: Readonly<Record<ToolCommandName, CliCommand>> = {
  replay: (args, _surroundings, terminal) => replayCommand(args, terminal),
  simulate: (args, _surroundings, terminal) => simulateCommand(args, terminal),
  agent: agentCommand,
  visualize: (_args, _surroundings, terminal) =>
    Promise.resolve(refuse(terminal, 'vm-monitor visualize', 'not in this version')),
  help: ([name = null], _surroundings, terminal) => {
    terminal.out(helpText(name));
    return Promise.resolve(EXIT.ok);
  },
};
