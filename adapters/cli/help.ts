/**
 * `vm-monitor --help` and `vm-monitor COMMAND --help`, made from the tables of flags that also parse. In the program of
 * the tools, also for the commands of the other one: the monitor does not load it.
 */
import { AGENT_FLAGS, VM_FLAGS } from '../agent/flags';
import { longName, type Flag, type FlagTable } from '../../machines/shared/config/flag';
import { FLAGS } from '../monitor/config/flags';
import { SIMULATE_FLAGS } from '../tools/simulate/flags';
import type { MonitorCommandName, ToolCommandName } from '../shared/command-names';
import { DOCTOR_FLAGS, STATUS_FLAGS, THAW_FLAGS } from './monitor-tool-flags';
import { REPLAY_FLAGS } from './replay.command';

interface CommandHelp {
  readonly usage: string;
  /** One line. */
  readonly about: string;
  readonly flags: FlagTable;
  /** What else is to be known; lines. */
  readonly notes?: readonly string[];
}

const flagHelp = (names: string, flag: Flag<unknown>): string =>
  `  ${names.trimEnd()}\n          ${flag.help} (default: ${flag.default})`;

const flagLines = (table: FlagTable): string[] =>
  Object.entries(table).map(([key, flag]) => {
    const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
    return flagHelp(`${short}--${longName(key)} ${flag.value}`, flag);
  });

const keyLines = (table: FlagTable): string[] =>
  Object.entries(table).map(([key, flag]) => flagHelp(`    "${key}": "${flag.value}"`, flag));

type Helped = MonitorCommandName | Exclude<ToolCommandName, 'visualize' | 'help'>;

/** In the order of the list. */
const COMMANDS = new Map<string, CommandHelp>(
  Object.entries({
    run: {
      usage: '[run] [flags]',
      about: 'start the monitor',
      flags: FLAGS,
      notes: [
        'Flags win over the environment (VM_MONITOR_UPPER_SNAKE), which wins over the file of --config (camelCase).',
        'Exit status: 0 after an orderly end (SIGTERM, SIGINT, SIGQUIT), 1 after a failure, 2 for a bad flag or value.',
        'SIGHUP: reads the configuration again and says what a restart would change.',
      ],
    },
    status: { usage: 'status [flags]', about: 'what a running monitor thinks, and why', flags: STATUS_FLAGS },
    doctor: { usage: 'doctor [flags]', about: 'what this machine allows, and the fixes', flags: DOCTOR_FLAGS },
    thaw: {
      usage: 'thaw --cgroup NAME',
      about: 'undo whatever a monitor has left on a cgroup, and every other limit of it',
      flags: THAW_FLAGS,
    },
    replay: {
      usage: 'replay LOG [flags]',
      about: 'fold an event log (file or directory) again and compare its decisions',
      flags: REPLAY_FLAGS,
      notes: ['Exit status: 0 without a difference, 1 with one, 2 when the log cannot be read.'],
    },
    simulate: {
      usage: 'simulate --trace PATH [flags]',
      about: 'run usage traces against policies',
      flags: SIMULATE_FLAGS,
    },
    agent: {
      usage: 'agent --monitor URL [flags]',
      about: 'outside the VMs: give them the sizes that their monitors request',
      flags: AGENT_FLAGS,
      notes: ['Keys of a VM in "vms" of --config:', ...keyLines(VM_FLAGS)],
    },
  } satisfies Record<Helped, CommandHelp>),
);

const USAGE_WIDTH = Math.max(...[...COMMANDS.values()].map(({ usage }) => usage.length));

const listed = (usage: string, about: string): string => `  vm-monitor ${usage.padEnd(USAGE_WIDTH)}  ${about}`;

const overview = (): string =>
  [
    'vm-monitor decides how large a Postgres VM should be and requests that size from an agent outside.',
    '',
    'Usage:',
    ...[...COMMANDS.values()].map(({ usage, about }) => listed(usage, about)),
    listed('COMMAND --help', 'the flags of a command'),
    listed('--version, -V, version', 'version and build'),
  ].join('\n');

const ofCommand = ({ usage, about, flags, notes = [] }: CommandHelp): string =>
  [
    `vm-monitor ${usage}: ${about}`,
    '',
    'Flags:',
    ...flagLines(flags),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');

/** @param name of a command; null, or one that has no help of its own: the list of commands */
export const helpText = (name: string | null): string => {
  const command = COMMANDS.get(name ?? '');
  return `${command === undefined ? overview() : ofCommand(command)}\n`;
};
