/** dist/core.js where there is nothing but the language: a context of node:vm, in a process that may have one for modules. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildOnce } from './command';
import { ROOT } from './repository-root';

const CORE = join(ROOT, 'dist/core.js');

/** Only texts pass, so that nothing of the host comes into the context with them. */
const HOST = `
  import { readFileSync } from 'node:fs';
  import { createContext, SourceTextModule } from 'node:vm';
  const { core, program, input } = JSON.parse(readFileSync(0, 'utf8'));
  const said = [];
  const context = createContext({ input, console: undefined, print: (text) => void said.push(String(text)) });
  const coreModule = new SourceTextModule(readFileSync(core, 'utf8'), { context });
  await coreModule.link((name) => { throw new Error('core.js imports ' + name); });
  const module = new SourceTextModule(program, { context });
  await module.link(() => coreModule);
  await module.evaluate();
  process.stdout.write(JSON.stringify(said));
`;

/**
 * Runs a module that imports 'vm-monitor/core' and has `input`, a text, and `print`.
 *
 * @returns what it printed
 */
export const runBare = (program: string, input = ''): readonly string[] => {
  buildOnce();
  const flags = ['--no-warnings', '--experimental-vm-modules', '--input-type=module'];
  const printed = execFileSync(process.execPath, [...flags, '-e', HOST], {
    input: JSON.stringify({ core: CORE, program, input }),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(printed) as readonly string[];
};
