/** dist/core.js as it is built: where there is nothing but the language, and against the command. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBare } from '../../support/bare-context';
import { runCommand } from '../../support/command';
import { ROOT } from '../../support/repository-root';

const REPLAY = join(ROOT, 'specs/replay');
const LOGS = readdirSync(REPLAY).filter((name) => name.endsWith('.ndjson'));

const NAMES_OF_HOSTS = [
  'process',
  'require',
  'Buffer',
  'setTimeout',
  'console',
  'performance',
  'window',
  'TextEncoder',
];

it('loads where nothing of Node or of a browser has a name', () => {
  const program = `
    import * as core from 'vm-monitor/core';
    print(Object.keys(core).join());
    print(JSON.stringify(${JSON.stringify(NAMES_OF_HOSTS)}.filter((name) => globalThis[name] !== undefined)));`;
  expect(runBare(program)).toEqual([
    'ReplayError,createAgentCore,createMonitorCore,decodeAgentEvent,decodeAgentLine,decodeEvent,decodeLine,' +
      'openAgentLog,openMonitorLog,replay',
    '[]',
  ]);
});

it('imports nothing', () => {
  const text = readFileSync(join(ROOT, 'dist/core.js'), 'utf8');
  expect(text).toMatch(/export ?\{/);
  expect(text).not.toMatch(/\bimport ?[("'{*]|\brequire ?\(|["']node:/);
});

it.each(LOGS)('replays %s as the command does', async (name) => {
  const program = `
    import { replay } from 'vm-monitor/core';
    const { decided, differences, redecided, ...counts } = replay(input);
    for (const decision of decided) print(JSON.stringify(decision));
    print(JSON.stringify({ ...counts, ...(redecided > 0 ? { redecided } : {}) }));`;
  const path = join(REPLAY, name);
  const printed = runBare(program, readFileSync(path, 'utf8'));
  const { stdout } = await runCommand(['replay', path, '--json', '--allow-redecided']);
  const parse = (line: string): unknown => JSON.parse(line);
  expect(printed.map(parse)).toEqual(stdout.trimEnd().split('\n').map(parse));
});

describe('the loop of docs/core.md', () => {
  const blocks = [...readFileSync(join(ROOT, 'docs/core.md'), 'utf8').matchAll(/```js\n(.*?)```/gs)];
  const [world = '', loop = '', end = ''] = blocks.map(([, code = '']) => code);

  it('is short', () => {
    const isCode = (line: string): boolean => line.trim() !== '' && !/^[\s})\];]*$/.test(line);
    expect(loop.split('\n').filter(isCode).length).toBeLessThanOrEqual(20);
  });

  it('runs: sizes are decided as use grows, granted, and explained at the end', () => {
    const [imports = '', ...rest] = world.split('\n');
    const listener = 'const console = { log: (value) => print(JSON.stringify(value)) };';
    const said = runBare([imports, listener, ...rest, loop, end, 'print(JSON.stringify(size));'].join('\n'));
    const values = said.map((text): unknown => JSON.parse(text));
    const [size, explained, ...decided] = values.reverse();
    expect(decided.length).toBeGreaterThan(1);
    for (const line of decided) expect(line).toMatch(/^[\d.]+ s: memory: /);
    expect(explained).toMatchObject({ why: expect.stringMatching(/^memory: /) as string });
    expect((size as { mem: number }).mem).toBeGreaterThan(2.4 * 1024 ** 3);
  });
});
