/** The commands of the program that runs inside the VM. Each byte here costs idle memory: see unpack.ts. */
import type { MonitorCommandName } from '../shared/command-names';
import type { CliCommand } from './command';
import { doctorCommand } from './doctor.command';
import { runCommand } from './run.command';
import { statusCommand } from './status.command';
import { thawCommand } from './thaw.command';

export const MONITOR_COMMANDS: Readonly<Record<MonitorCommandName, CliCommand>> = {
  run: runCommand,
  status: statusCommand,
  doctor: doctorCommand,
  thaw: thawCommand,
};
