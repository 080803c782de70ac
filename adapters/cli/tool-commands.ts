/** The commands that do not run inside the VM: a program of their own, so that the monitor does not pay for them. */
import type { Command } from './command';
import type { ToolCommandName } from './command-names';
import { EXIT } from './exit-status';

const notYet =
  (name: string): Command =>
  (_args, _surroundings, terminal) => {
    terminal.err(`vm-monitor ${name}: not in this version\n`);
    return Promise.resolve(EXIT.refused);
  };

export const TOOL_COMMANDS: Readonly<Record<ToolCommandName, Command>> = {
  simulate: notYet('simulate'),
  agent: notYet('agent'),
  visualize: notYet('visualize'),
};
