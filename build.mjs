/**
 * Bundles. `node build.mjs` writes dist/cli.js (the command, all in one) and dist/index.js (the library,
 * npm dependencies outside); `node build.mjs bench` writes dist/bench.cjs. Types are written by `tsc -b`.
 */
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
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

const bundles = [
  {
    entryPoints: ['adapters/cli/bin.ts'],
    outfile: 'dist/cli.js',
    minify: true,
    banner: { js: '#!/usr/bin/env node' },
    // An optional part of pg that we neither need nor ship.
    external: ['pg-native'],
  },
  { entryPoints: ['adapters/index.ts'], outfile: 'dist/index.js', packages: 'external', sourcemap: true },
];
const bench = [
  { entryPoints: ['specs/bench/main.ts'], outfile: 'dist/bench.cjs', external: ['pg-native'], sourcemap: 'inline' },
];

const wanted = process.argv[2] === 'bench' ? bench : bundles;
try {
  await Promise.all(wanted.map((bundle) => build({ ...common, ...bundle })));
  if (wanted === bundles) chmodSync('dist/cli.js', 0o755);
} catch {
  // esbuild has already said where and why.
  process.exitCode = 1;
}
