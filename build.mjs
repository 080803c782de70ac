/**
 * Bundles. `node build.mjs` writes dist/cli.js (the command), beside it what that loads on demand, dist/index.js (the library,
 * npm dependencies outside) and dist/core.js (the core for a browser, all within); `node build.mjs bench` writes dist/bench.cjs, likewise bench-vm and demo. Types
 * are written by `tsc -b`.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Hash of the core's sources: names and contents, in a fixed order. See machines/shared/build-id.ts. */
const coreHash = () => {
  const hash = createHash('sha256');
  const sources = readdirSync('machines', { recursive: true }).filter((name) => name.endsWith('.ts'));
  for (const name of sources.sort()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(`machines/${name}`))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 12);
};

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  define: { __BUILD__: JSON.stringify(`${version}+${coreHash()}`) },
};

/**
 * ES modules wherever a package has them, so that what is not used is left out. RxJS hides its own from
 * Node behind an export condition. It saves 7 of 21 MB of anonymous memory: most of a Node process at
 * rest is code that was parsed.
 */
const TREE_SHAKEN = {
  mainFields: ['module', 'main'],
  alias: { rxjs: resolve('node_modules/rxjs/dist/esm/index.js') },
};

/** Path of the package that a bundled file belongs to; null: it is one of ours. */
const packageOf = (input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? null;

/** The packages that a bundle holds something of, not those that it only looked into. */
const packagesIn = ({ outputs }) =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? (packageOf(input) ?? []) : [])),
  );

const LICENSE_FILE = /^(licen[cs]e|copying|notice|copyrightnotice)(\.\w+)?$/i;
/** Some packages state their licence at the end of their README only. */
const LICENSE_SECTION = /^#+ *licen[cs]e[^]*/im;

const licenseTexts = (path) => {
  const files = readdirSync(path).filter((name) => LICENSE_FILE.test(name));
  if (files.length > 0) return files.map((name) => readFileSync(`${path}/${name}`, 'utf8').trim());
  const section = LICENSE_SECTION.exec(readFileSync(`${path}/README.md`, 'utf8'));
  if (section === null) throw new Error(`${path}: it is bundled, and there is no licence text in it`);
  return [section[0].trim()];
};

const noticeOf = (path) => {
  const { name, version: ofPackage, license } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'));
  return [`${name} ${ofPackage} (${license})`, ...licenseTexts(path)].join('\n\n');
};

const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** The licences of what dist/cli.js and dist/core.js hold of others: they demand that their texts go with it. */
const noticesText = (packages) => {
  const intro =
    'vm-monitor is licensed under Apache-2.0 (LICENSE). dist/cli.js and dist/core.js also hold code of these packages, under their licences:';
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return `${[intro, ...[...new Set(packages)].sort().map(noticeOf)].join(rule)}\n`;
};

const plotFile = (name) => JSON.stringify(readFileSync(`node_modules/uplot/dist/${name}`, 'utf8').trim());

/** The library that draws plots, for the tools alone. See adapters/tools/simulate/plot/uplot-library.ts. */
const plotLibrary = () => ({
  __UPLOT_SCRIPT__: plotFile('uPlot.iife.min.js'),
  __UPLOT_STYLE__: plotFile('uPlot.min.css'),
});

/** One part of dist/cli.js, as text, and the packages in it. */
const buildProgram = async (entryPoint) => {
  const { outputFiles, metafile } = await build({
    ...common,
    ...TREE_SHAKEN,
    define: { ...common.define, ...plotLibrary() },
    entryPoints: [entryPoint],
    minify: true,
    // The head compiles a program as a function, in which Node serves no import() of its own modules.
    supported: { 'dynamic-import': false },
    charset: 'ascii',
    legalComments: 'none',
    write: false,
    metafile: true,
  });
  return { text: outputFiles[0].text, packages: packagesIn(metafile) };
};

/** A program as it lies in dist/cli.js, in a comment. unpack.ts is the other end. */
const packed = (name, text) => `/*${name}\n${deflateRawSync(text, { level: 9 }).toString('base64')}\n*/\n`;

/** The programs of dist/cli.js by the names that unpack.ts knows. */
const PROGRAMS = new Map([
  ['monitor', 'adapters/cli/monitor.program.ts'],
  ['tools', 'adapters/cli/tools.program.ts'],
  ['simulate-worker', 'adapters/tools/simulate/worker.ts'],
]);

/**
 * First lines for a shell, which leaves its process to Node. glibc gives back what Node has freed only when told so before
 * the process starts: at the end of its heap from 64 KiB on, and with two heaps instead of one for each thread. To Node
 * the second line is a string.
 */
const LAUNCHER = `#!/bin/sh
':' //; export MALLOC_TRIM_THRESHOLD_="\${MALLOC_TRIM_THRESHOLD_-65536}" MALLOC_ARENA_MAX="\${MALLOC_ARENA_MAX-2}"; exec node "$0" "$@"
`;

/** dist/cli.js, the command in one file: a head that compiles one of the programs behind it. See adapters/cli/unpack.ts. */
const buildCommand = async () => {
  const [head, ...programs] = await Promise.all(['adapters/cli/unpack.ts', ...PROGRAMS.values()].map(buildProgram));
  const parts = [...PROGRAMS.keys()].map((name, index) => packed(name, programs[index].text));
  const text = `${LAUNCHER}// Apache-2.0. Licences of the packages in it: ${NOTICES}\n${head.text}\n${parts.join('')}`;
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/cli.js', text, { mode: 0o755 });
  // uPlot comes in as text, see plotLibrary.
  return [...[head, ...programs].flatMap((program) => program.packages), 'node_modules/uplot'];
};

const buildLibrary = () =>
  build({
    ...common,
    entryPoints: ['adapters/index.ts'],
    outfile: 'dist/index.js',
    packages: 'external',
    sourcemap: true,
  });

/**
 * dist/core.js, see docs/core.md: an ES module without anything of Node, nor of a browser. XState looks for `console.log` when it
 * is loaded, as the logger of its action `log`, which our statecharts do not use: so that no console is needed, it gets another.
 */
const buildCore = async () => {
  const { metafile } = await build({
    ...common,
    ...TREE_SHAKEN,
    entryPoints: ['machines/core/index.ts'],
    outfile: 'dist/core.js',
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    define: { ...common.define, console: 'noConsole' },
    minify: true,
    charset: 'ascii',
    legalComments: 'none',
    banner: { js: `// Apache-2.0. Licences of the packages in it: ${NOTICES}\nconst noConsole={log(){}};` },
    metafile: true,
  });
  return packagesIn(metafile);
};

/** Programs of the clone that are no part of the package. */
const TOOLS = new Map([
  ['bench', 'specs/bench/main.ts'],
  ['bench-vm', 'specs/vm/bench/main.ts'],
  ['demo', 'specs/vm/demo/main.ts'],
]);

const buildTool = (name) =>
  build({
    ...common,
    ...TREE_SHAKEN,
    entryPoints: [TOOLS.get(name)],
    outfile: `dist/${name}.cjs`,
    sourcemap: 'inline',
  });

const buildPackage = async () => {
  const [ofCommand, ofCore] = await Promise.all([buildCommand(), buildCore(), buildLibrary()]);
  writeFileSync(`dist/${NOTICES}`, noticesText([...ofCommand, ...ofCore]));
};

const wanted = process.argv[2];

try {
  await (TOOLS.has(wanted) ? buildTool(wanted) : buildPackage());
} catch (error) {
  // What is wrong with a source esbuild has already said.
  if (!('errors' in error)) throw error;
  process.exitCode = 1;
}
