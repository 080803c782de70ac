/** The licences of packages whose code lies in dist/cli.js go with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { buildOnce } from '../../support/command';
import { ROOT } from '../../support/repository-root';

const notices = (): string => readFileSync(join(ROOT, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');

const ENTRIES = ['cli/unpack', 'cli/monitor.program', 'cli/tools.program', 'tools/simulate/worker'];

/** Not minified, a bundle names each file that it holds code of in a comment. */
const packagesInBundles = (): readonly string[] => {
  const { outputFiles } = buildSync({
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', mainFields: ['module', 'main'] },
    alias: { rxjs: join(ROOT, 'node_modules/rxjs/dist/esm/index.js') },
    entryPoints: ENTRIES.map((name) => join(ROOT, `adapters/${name}.ts`)),
    outdir: '/nowhere',
    write: false,
  });
  const names = outputFiles.flatMap(({ text }) =>
    [...text.matchAll(/^ *\/\/ (?:\S+\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name = '']) => name),
  );
  // In text form, for plots.
  return [...new Set([...names, 'uplot'])].sort();
};

/** As these packages begin their licences, or, without a file of it, the part of their README. */
const licenseText = (name: string): string => {
  const path = join(ROOT, 'node_modules', name);
  const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
  if (file !== undefined) return readFileSync(join(path, file), 'utf8').trim();
  const readme = readFileSync(join(path, 'README.md'), 'utf8');
  return readme.slice(readme.indexOf('Copyright (c)')).trim();
};

let bundled: readonly string[] = [];

beforeAll(() => {
  buildOnce();
  bundled = packagesInBundles();
}, 60_000);

describe('dist/THIRD-PARTY-NOTICES.txt', () => {
  it('names the packages whose code is bundled, and no others', () => {
    const named = [...notices().matchAll(/^-{80}\n\n(\S+) [\d.]+ \(\S+\)$/gm)].map(([, name]) => name);
    expect(named).toEqual(bundled);
    expect(named).toEqual(expect.arrayContaining(['pg', 'rxjs', 'ws', 'xstate']));
  });

  it('holds the whole licence of each', () => {
    const text = notices();
    for (const name of bundled) expect(text).toContain(licenseText(name));
  });

  it('is pointed to by the head of dist/cli.js', () => {
    const head = readFileSync(join(ROOT, 'dist/cli.js'), 'latin1').split('\n', 3);
    expect(head).toContain('// Apache-2.0. Licences of the packages in it: THIRD-PARTY-NOTICES.txt');
  });
});
