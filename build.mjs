/**
 * Bundles. `node build.mjs` writes dist/cli.js (the command), beside it what that loads on demand, and dist/index.js (the library,
 * npm dependencies outside); `node build.mjs bench` writes dist/bench.cjs. Types are written by `tsc -b`.
 */
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
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

/** What `import()` names is a bundle of its own beside this one: a monitor does not load what it does not need. */
const ON_DEMAND = {
  name: 'on-demand',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\.command$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `${path.replace(/\.command$/, '')}.js`, external: true } : undefined,
    );
  },
};

const bundles = [
  {
    entryPoints: ['adapters/cli/bin.ts'],
    outfile: 'dist/cli.js',
    minify: true,
    banner: { js: '#!/usr/bin/env node' },
    plugins: [ON_DEMAND],
    ...TREE_SHAKEN,
  },
  { entryPoints: ['adapters/cli/simulate.command.ts'], outfile: 'dist/simulate.js', minify: true, ...TREE_SHAKEN },
  { entryPoints: ['adapters/simulate/worker.ts'], outfile: 'dist/simulate-worker.js', minify: true, ...TREE_SHAKEN },
  { entryPoints: ['adapters/index.ts'], outfile: 'dist/index.js', packages: 'external', sourcemap: true },
];
const bench = [
  { entryPoints: ['specs/bench/main.ts'], outfile: 'dist/bench.cjs', ...TREE_SHAKEN, sourcemap: 'inline' },
];

const wanted = process.argv[2] === 'bench' ? bench : bundles;
try {
  await Promise.all(wanted.map((bundle) => build({ ...common, ...bundle })));
  if (wanted === bundles) chmodSync('dist/cli.js', 0o755);
} catch {
  // esbuild has already said where and why.
  process.exitCode = 1;
}
