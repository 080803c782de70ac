/** The text of --help, made from the table of flags. */
import { longName } from '../config/flag-names';
import type { FlagKey } from '../config/flags';
import { FLAG_KEYS, FLAGS } from '../config/flags';

const HEAD = `vm-monitor decides how large a Postgres VM should be and asks an agent outside for that size.

Usage:
  vm-monitor [run] [flags]                            start the monitor
  vm-monitor replay LOG [--json] [--allow-redecided]  fold an event log (file or directory) and compare its decisions
  vm-monitor status [--addr HOST:PORT] [--json]       what a running monitor thinks, and why
  vm-monitor doctor [--cgroup NAME] [--protect LEVEL] [--json]  what this machine allows, and the fixes
  vm-monitor simulate --trace FILE [--policy NAME]    run usage traces against policies (docs/simulate.md)
  vm-monitor thaw --cgroup NAME                       undo whatever a monitor has left on a cgroup
  vm-monitor agent --monitor URL [flags]              outside: give VMs the sizes that their monitors wish
  vm-monitor --help | --version

Flags of run (on the command line, else VM_MONITOR_UPPER_SNAKE in the environment, else camelCase in --config):
`;

const flagHelp = (key: FlagKey): string => {
  const { short, valueName, defaultText, help } = FLAGS[key];
  const names = `${short === null ? '    ' : `-${short}, `}--${longName(key)} ${valueName}`.trimEnd();
  return `  ${names}\n          ${help} (default: ${defaultText})`;
};

const TAIL = `
Exit status: 0 after an orderly end (SIGTERM, SIGINT), 1 after a failure, 2 for a bad flag or value.
`;

export const helpText = (): string => `${HEAD}${FLAG_KEYS.map(flagHelp).join('\n')}\n${TAIL}`;
