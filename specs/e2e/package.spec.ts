/** What `npm pack` makes of a fresh clone: a package that works where nothing else of the clone is. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTempDirs, tempDir } from '../support/event-log';
import { ROOT } from '../support/repository-root';

/** It takes 20 s on an idle machine; this one may have other things to do. */
const PACK_MS = 600_000;

const run = (cwd: string, command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const modules = (dir: string): string => join(dir, 'node_modules');

/** As git would clone it, uncommitted changes included; with tools of the clone built, which must stay out. */
const freshClone = (): string => {
  const clone = tempDir();
  // Deleted files are still listed.
  const files = run(ROOT, 'git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  writeFileSync(join(clone, 'files'), files.filter((file) => existsSync(join(ROOT, file))).join('\0'));
  run(ROOT, 'sh', '-c', `tar -c --null -T '${clone}/files' | tar -x -C '${clone}'`);
  symlinkSync(modules(ROOT), modules(clone));
  mkdirSync(join(clone, 'dist'));
  for (const tool of ['demo.cjs', 'bench.cjs']) writeFileSync(join(clone, 'dist', tool), '');
  return clone;
};

interface PackageJson {
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Where an npm install would put it: beside its dependencies, and nothing else of ours. */
const install = (tarball: string): string => {
  const consumer = tempDir();
  const own = join(modules(consumer), 'vm-monitor');
  mkdirSync(own, { recursive: true });
  run(consumer, 'tar', '-xzf', tarball, '-C', own, '--strip-components=1');
  const { dependencies } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as PackageJson;
  for (const name of Object.keys(dependencies)) symlinkSync(join(modules(ROOT), name), join(modules(consumer), name));
  // For the compiler; a consumer in TypeScript has them.
  symlinkSync(join(modules(ROOT), '@types'), join(modules(consumer), '@types'));
  return consumer;
};

const PACKED =
  /^(package\.json|README\.md|LICENSE|docs\/.+|dist\/(cli|index|core)\.js|dist\/THIRD-PARTY-NOTICES\.txt|dist\/types\/(adapters|machines|streams)\/.+\.d\.ts)$/;

describe('the package', () => {
  let files: readonly string[] = [];
  let consumer = '';

  beforeAll(() => {
    const packed = tempDir();
    const tarball = run(freshClone(), 'npm', 'pack', '--silent', '--offline', '--pack-destination', packed)
      .trim()
      .split('\n')
      .at(-1);
    files = run(packed, 'tar', '-tzf', tarball ?? '')
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, ''));
    consumer = install(join(packed, tarball ?? ''));
  }, PACK_MS);
  afterAll(removeTempDirs);

  it('holds the command, the library, its types, licences and docs, and nothing else', () => {
    expect(files.filter((file) => !PACKED.test(file))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        ...['package.json', 'LICENSE', 'README.md', 'docs/operating.md', 'docs/vm-monitor.service'],
        ...['dist/cli.js', 'dist/index.js', 'dist/THIRD-PARTY-NOTICES.txt', 'dist/types/adapters/index.d.ts'],
        ...['dist/core.js', 'dist/types/machines/core/index.d.ts', 'docs/core.md'],
      ]),
    );
  });

  it('has a command that runs', () => {
    const own = join(modules(consumer), 'vm-monitor');
    const { bin } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as PackageJson;
    const command = join(own, bin['vm-monitor'] ?? '');
    accessSync(command, constants.X_OK);
    expect(run(consumer, command, '--version')).toMatch(/^vm-monitor \d+\.\d+\.\d+\+[0-9a-f]{12}\n$/);
    expect(run(consumer, command, '--help')).toMatch(/^ {2}vm-monitor replay LOG/m);
  });

  it.each([
    [
      'required',
      ['-e', `const m = require('vm-monitor'); console.log(typeof m.startMonitor, typeof m.replayEventLog)`],
    ],
    [
      'imported',
      [
        ...['--input-type=module', '-e'],
        `import { startMonitor, replayEventLog } from 'vm-monitor'; console.log(typeof startMonitor, typeof replayEventLog)`,
      ],
    ],
  ])('can be %s', (_, args) => {
    expect(run(consumer, process.execPath, ...args)).toBe('function function\n');
  });

  it('has a core that can be imported, with types', () => {
    const use = `import { createMonitorCore, type MonitorCoreOptions } from 'vm-monitor/core';
      const options: MonitorCoreOptions = { maxSize: '4,16GiB' };
      export const why: string = createMonitorCore(options).explain(createMonitorCore().initial).why;\n`;
    writeFileSync(join(consumer, 'core.mts'), use);
    writeFileSync(join(consumer, 'wrong-core.mts'), use.replace('why: string', 'why: number'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
    const compile = (name: string): string =>
      run(consumer, process.execPath, join(modules(ROOT), 'typescript/bin/tsc'), ...options, name);
    compile('core.mts');
    expect(() => compile('wrong-core.mts')).toThrow();
    const show = `import { createMonitorCore as create } from 'vm-monitor/core'; console.log(create().explain(create().initial).why)`;
    expect(run(consumer, process.execPath, '--input-type=module', '-e', show)).toBe('nothing is decided yet\n');
  }, 120_000);

  it('exports its root, the core and package.json, and not its inside', () => {
    const tell = `
      console.log(require('vm-monitor/package.json').name);
      try { require('vm-monitor/dist/cli.js') } catch ({ code }) { console.log(code) }`;
    expect(run(consumer, process.execPath, '-e', tell)).toBe('vm-monitor\nERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  it.each(['embedding.mts', 'embedding.cts'])(
    'has types that hold under nodenext in %s',
    (name) => {
      const example = readFileSync(join(ROOT, 'docs/examples/embedding.ts'), 'utf8');
      writeFileSync(join(consumer, name), example);
      const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
      run(consumer, process.execPath, join(modules(ROOT), 'typescript/bin/tsc'), ...options, name);
      writeFileSync(join(consumer, `wrong-${name}`), `${example}\nconst port: string = startMonitor;\nvoid port;\n`);
      const wrong = () =>
        run(consumer, process.execPath, join(modules(ROOT), 'typescript/bin/tsc'), ...options, `wrong-${name}`);
      expect(wrong).toThrow();
    },
    120_000,
  );
});
