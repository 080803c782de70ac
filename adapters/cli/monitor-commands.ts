/** The commands of the program that runs inside the VM. Each byte here costs idle memory: see unpack.ts. */
import * as E from 'fp-ts/Either';
import { settingsFromArguments } from '../monitor/config/load';
import type { CliCommand } from './command';
import type { MonitorCommandName } from '../shared/command-names';
import { doctorCommand } from './doctor.command';
import { EXIT } from './exit-status';
import { runCommand } from './run.command';
import { statusCommand } from './status.command';
import { thawCommand } from './thaw.command';

const run: CliCommand = (args, environment, terminal) => {
  const read = () => settingsFromArguments(args, environment);
  const settings = read();
  if (E.isRight(settings)) return runCommand(settings.right, environment, read);
  terminal.err(`vm-monitor: ${settings.left}\n`);
  return Promise.resolve(EXIT.refused);
};

export const MONITOR_COMMANDS: Readonly<Record<MonitorCommandName, CliCommand>> = {
  run,
  status: statusCommand,
  doctor: doctorCommand,
  thaw: thawCommand,
};
