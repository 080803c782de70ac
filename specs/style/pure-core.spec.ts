/** Rule R2 by the compiler: the core's own options know no Node, no timers, no clock. */
import { join } from 'node:path';
import ts from 'typescript';

/** Compiling takes seconds on a machine that is busy. */
jest.setTimeout(60_000);

const MACHINES = join(__dirname, '../../machines');

const PURE = "import { GIB } from './shared/units';\nexport const two: number = Math.max(2 * GIB, 0);";
const IMPURE: readonly (readonly [text: string, complaint: RegExp])[] = [
  ['export const pid = process.pid;', /Cannot find name 'process'/],
  ['setTimeout(() => undefined, 1);\nexport {};', /Cannot find name 'setTimeout'/],
  ["import { readFileSync } from 'node:fs';\nexport const read = readFileSync;", /Cannot find module 'node:fs'/],
  ["console.log('x');\nexport {};", /Cannot find name 'console'/],
  ['export const now = performance.now();', /Cannot find name 'performance'/],
  ["export const b = Buffer.from('x');", /Cannot find name 'Buffer'/],
];

/** The probes lie among the sources of the core, but in memory only. */
const PROBES: ReadonlyMap<string, string> = new Map(
  [PURE, ...IMPURE.map(([text]) => text)].map((text, n) => [join(MACHINES, `probe-${n}.ts`), text]),
);

const optionsOfTheCore = (): ts.CompilerOptions => {
  const path = join(MACHINES, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, MACHINES);
  // Probes need no output; everything that decides what they may name stays as it is.
  return { ...options, noEmit: true, composite: false, incremental: false, emitDeclarationOnly: false };
};

/** Compiles all probes; the complaints about each, by its text. */
const complaints = (options: ts.CompilerOptions): ReadonlyMap<string, readonly string[]> => {
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => PROBES.has(path) || disk.fileExists(path),
    getSourceFile: (path, version, ...rest) => {
      const text = PROBES.get(path);
      return text === undefined ? disk.getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version);
    },
  };
  const found = ts.getPreEmitDiagnostics(ts.createProgram([...PROBES.keys()], options, host));
  const about = (path: string): string[] =>
    found
      .filter(({ file }) => file?.fileName === path)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  return new Map([...PROBES].map(([path, text]) => [text, about(path)]));
};

describe('what the compiler takes in the core', () => {
  let asCore: ReturnType<typeof complaints>;
  let withNode: ReturnType<typeof complaints>;
  beforeAll(() => {
    asCore = complaints(optionsOfTheCore());
    withNode = complaints({ ...optionsOfTheCore(), types: ['node'] });
  });

  it('is pure code', () => {
    expect(asCore.get(PURE)).toEqual([]);
  });

  it.each(IMPURE)('is not %j', (text, complaint) => {
    expect(asCore.get(text)).toEqual([expect.stringMatching(complaint)]);
  });

  it.each(IMPURE)("is not %j, only because the core does not know Node's types", (text) => {
    expect(withNode.get(text)).toEqual([]);
  });
});
