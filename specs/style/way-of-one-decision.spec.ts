/** The way of one decision, from a kernel file to the socket, is as short as docs/ARCHITECTURE.md says, and imports lead along it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from '../support/repository-root';

const MOST_FILES = 8;
/** What puts the rooms together: all of the way is reached from there. */
const COMPOSITION = 'adapters/monitor/runtime/session.ts';
const SECTION = /<!-- way:begin -->\n([\s\S]*?)\n<!-- way:end -->/;

const [, section = ''] = SECTION.exec(readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8')) ?? [];
const way: readonly string[] = [...section.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, file = '']) => file);

const isFile = (file: string): boolean => existsSync(join(ROOT, file));

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) => {
    const found = normalize(join(dirname(file), path));
    return isFile(`${found}.ts`) ? `${found}.ts` : join(found, 'index.ts');
  });

/** All that `from` imports, directly or not. */
const reachedFrom = (from: string): ReadonlySet<string> => {
  const reached = new Set([from]);
  for (const file of reached) for (const next of importsOf(file)) reached.add(next);
  return reached;
};

it('is at most eight files, from the kernel to the socket', () => {
  expect(way.length).toBeGreaterThan(1);
  expect(way.length).toBeLessThanOrEqual(MOST_FILES);
  expect(way.filter((file) => !isFile(file))).toEqual([]);
  expect(way[0]).toMatch(/^adapters\/monitor\/kernel\//);
  expect(way.at(-1)).toMatch(/^adapters\/monitor\/agent-link\//);
});

it('is all reached from where the monitor is put together', () => {
  const reached = reachedFrom(COMPOSITION);
  expect(way.filter((file) => !reached.has(file))).toEqual([]);
});

it('leads through the core from file to file', () => {
  const core = way.filter((file) => file.startsWith('machines/'));
  expect(core.length).toBeGreaterThan(2);
  const gaps = core.slice(1).filter((file, n) => !reachedFrom(core[n] ?? '').has(file));
  expect(gaps).toEqual([]);
});

it('does not lead back: the core reaches neither a stream nor an adapter', () => {
  const reached = reachedFrom('machines/monitor/engine/engine.ts');
  expect([...reached].filter((file) => !file.startsWith('machines/'))).toEqual([]);
});
