/** The program in dist/cli.js that runs inside the VM. */
import { MONITOR_COMMANDS } from './monitor-commands';
import { start } from './start';

start(MONITOR_COMMANDS);
