/** The program in dist/cli.js that has the tools. */
import { start } from './start';
import { TOOL_COMMANDS } from './tool-commands';

start(TOOL_COMMANDS);
