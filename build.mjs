/**
 * Bundles. `node build.mjs` writes dist/cli.js (the command, all in one) and dist/index.js (the library,
 * npm dependencies outside); `node build.mjs bench` writes dist/bench.cjs, `node build.mjs demo` dist/demo.cjs. Types are
 * written by `tsc -b`.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Hash of the core's sources: names and contents, in a fixed order. See adapters/build-id.ts. */
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

/** One part of dist/cli.js, as text. ASCII only, because unpack.ts reads it byte by byte. */
const programText = async (entryPoint) => {
  const { outputFiles } = await build({
    ...common,
    ...TREE_SHAKEN,
    entryPoints: [entryPoint],
    minify: true,
    charset: 'ascii',
    legalComments: 'none',
    write: false,
  });
  return outputFiles[0].text;
};

/** Programs lie in comments, so none may end one. Only a literal can hold these two characters, and there it may be escaped. */
const inComment = (name, text) => `/*${name}\n${text.replaceAll('*/', '*\\/')}\n*/\n`;

/** dist/cli.js, the command in one file: a head that compiles one of the programs behind it. See adapters/cli/unpack.ts. */
const buildCommand = async () => {
  const [head, monitor, tools] = await Promise.all(
    ['unpack', 'monitor.program', 'tools.program'].map((name) => programText(`adapters/cli/${name}.ts`)),
  );
  const text = `#!/usr/bin/env node\n${head}\n${inComment('monitor', monitor)}${inComment('tools', tools)}`;
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/cli.js', text, { mode: 0o755 });
};

const buildLibrary = () =>
  build({
    ...common,
    entryPoints: ['adapters/index.ts'],
    outfile: 'dist/index.js',
    packages: 'external',
    sourcemap: true,
  });

/** Programs of the clone that are no part of the package. */
const TOOLS = new Map([
  ['bench', 'specs/bench/main.ts'],
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

const wanted = process.argv[2];

try {
  await (TOOLS.has(wanted) ? buildTool(wanted) : Promise.all([buildCommand(), buildLibrary()]));
} catch (error) {
  // What is wrong with a source esbuild has already said.
  if (!('errors' in error)) throw error;
  process.exitCode = 1;
}
