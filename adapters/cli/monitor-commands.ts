/** The commands of the program that runs inside the VM. Each byte here costs idle memory: see unpack.ts. */
import * as E from 'fp-ts/Either';
import { configFromArguments } from '../config/load';
import type { Command } from './command';
import type { MonitorCommandName } from './command-names';
import { doctorCommand } from './doctor.command';
import { EXIT } from './exit-status';
import { runCommand } from './run.command';
import { statusCommand } from './status.command';
import { thawCommand } from './thaw.command';

const run: Command = (args, surroundings, terminal) => {
  const config = configFromArguments(args, surroundings);
  if (E.isRight(config)) return runCommand(config.right, surroundings);
  terminal.err(`vm-monitor: ${config.left}\n`);
  return Promise.resolve(EXIT.refused);
};

export const MONITOR_COMMANDS: Readonly<Record<MonitorCommandName, Command>> = {
  run,
  status: statusCommand,
  doctor: doctorCommand,
  thaw: thawCommand,
};
