/** Which commands there are, and which of the two programs in dist/cli.js has them. */

/** The monitor and what is asked of it or about its VM: in the program that runs inside the VM. */
export const MONITOR_COMMAND_NAMES = ['run', 'status', 'doctor', 'thaw'] as const;

/** Work for engineers and for the machine outside: in the program of the tools. */
export const TOOL_COMMAND_NAMES = ['replay', 'simulate', 'agent', 'visualize', 'help'] as const;

/** No command: what a thread of `simulate` runs. */
export const SIMULATE_WORKER = 'simulate-worker';

export type MonitorCommandName = (typeof MONITOR_COMMAND_NAMES)[number];
export type ToolCommandName = (typeof TOOL_COMMAND_NAMES)[number];

export const isToolCommand = (name: string | undefined): name is ToolCommandName =>
  TOOL_COMMAND_NAMES.some((tool) => tool === name);

/** Asked for behind any command, help is a command of its own. */
export const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h');
