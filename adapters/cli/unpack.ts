/**
 * The head of dist/cli.js. The programs follow it in the same file, packed, each in a comment; only the one that is
 * meant is compiled. All of this is about anonymous memory, of which the monitor has little to spend:
 *
 * - V8 takes about 16 bytes for each byte that it parses at once, and passes over comments. What the monitor
 *   does not run it does not parse.
 * - Node reads the file into a buffer that it doubles and frees; from then on glibc takes all that is smaller than
 *   that buffer from its heap and not from the system. So the file is kept short.
 * - V8 keeps the names of a program in a table outside of its heap, which doubles when it is full. While a
 *   program is parsed the table would be put behind all that the parser has taken, and glibc, which gives
 *   memory back from the end only, could return none of those 7 MB. So the table is made to grow before.
 * - V8's young generation grows to 32 MB under load and keeps that. With 1 MiB, its size at the start, a flood of frames
 *   costs more collections of some 0.5 ms each, and no memory.
 * - V8's optimising compiler keeps what it makes of a flood for good: 2 to 3 MiB of code, of what it was made from, and of
 *   glibc's heap, which it took for compiling. Without it the monitor takes 0.8 % of a core at 10 Hz and not 0.67 %.
 *
 * What glibc reads from the environment the first lines of the file set: see build.mjs.
 */
// First, before anything else runs.
import './no-debugger';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { compileFunction } from 'node:vm';
import { inflateRawSync } from 'node:zlib';
import { asksForHelp, isToolCommand, SIMULATE_WORKER } from '../shared/command-names';

/** More names than a program has: they are forgotten again, the table stays as large. */
const MANY_NAMES = 8_000;

/** What a CommonJS module is given (nodejs.org/api/modules.html, the module wrapper). */
const PARAMETERS: Readonly<Record<string, unknown>> = { exports, require, module, __filename, __dirname };

const growTableOfNames = (): void => {
  JSON.parse(`{${Array.from({ length: MANY_NAMES }, (_, n) => `"vm-monitor ${n}":0`).join()}}`);
};

/** Latin 1: the bundler writes nothing but ASCII, and V8 keeps it at one byte a character. */
const readProgram = (name: string): string => {
  const file = readFileSync(__filename);
  const head = ['', `/*${name}`, ''].join('\n');
  const start = file.indexOf(head) + head.length;
  const packed = file.toString('latin1', start, file.indexOf('\n*/', start));
  return inflateRawSync(Buffer.from(packed, 'base64')).toString('latin1');
};

const programOf = (args: readonly string[]): string => {
  const [name] = args;
  if (name === SIMULATE_WORKER) return name;
  return isToolCommand(name) || asksForHelp(args) ? 'tools' : 'monitor';
};

const name = programOf(process.argv.slice(2));
// Not for tools, which work through millions of objects and end.
if (name === 'monitor') {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-opt');
}
growTableOfNames();
const program = compileFunction(readProgram(name), Object.keys(PARAMETERS), {
  filename: __filename,
});
Reflect.apply(program, exports, Object.values(PARAMETERS));
