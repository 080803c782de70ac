/** `vm-monitor simulate` as it is built: on several threads, with a report. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce } from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import { packedPrograms } from '../support/packed-programs';
import { ROOT } from '../support/repository-root';

jest.setTimeout(120_000);
beforeAll(buildOnce);
afterAll(removeTempDirs);

const simulate = (...args: string[]): string =>
  execFileSync('node', [join(ROOT, 'dist/cli.js'), 'simulate', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const twoTraces = (): string => {
  const dir = tempDir();
  for (const name of ['b_b_1.csv', 'a_a_1.csv'])
    cpSync(join(ROOT, 'specs/traces/nab_rds_half_day.csv'), join(dir, name));
  return dir;
};

it('runs several traces and policies on threads and tells them in order', () => {
  const out = simulate('--trace', twoTraces(), '--policy', 'reactive', '--policy', 'oracle', '--json');
  const runs = out
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(runs).toMatchObject([
    { trace: 'a_a_1', policy: 'reactive' },
    { trace: 'a_a_1', policy: 'oracle' },
    { trace: 'b_b_1', policy: 'reactive' },
    { trace: 'b_b_1', policy: 'oracle' },
  ]);
});

it('gives the same figures on threads as alone', () => {
  const flags = ['--policy', 'goal-cu', '--noise-cv', '0.2', '--json'];
  const dir = twoTraces();
  const alone = simulate('--trace', join(dir, 'a_a_1.csv'), ...flags);
  expect(simulate('--trace', dir, ...flags).split('\n')[0]).toBe(alone.trim());
});

it('plays a scenario of the world under several sides and seeds on threads', () => {
  const flags = ['--side', 'largest', '--side', 'goal-cu', '--seeds', '2', '--json'];
  const runs = simulate('--scenario', 'burst', ...flags)
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(runs).toMatchObject([
    { scenario: 'burst', side: 'largest', seed: 1, throughputShare: 1 },
    { scenario: 'burst', side: 'largest', seed: 2 },
    { scenario: 'burst', side: 'goal-cu', seed: 1, unmet: null },
    { scenario: 'burst', side: 'goal-cu', seed: 2 },
  ]);
});

it('reports on policies in markdown, a chapter for each kind of noise', () => {
  const report = simulate('--report', '--trace', join(ROOT, 'specs/traces/nab_rds_half_day.csv'), '--policy', 'oracle');
  const chapters = [...report.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  expect(chapters).toEqual([
    'Noise cv 0',
    'Noise cv 0.2',
    'Noise cv 0.5',
    'Noise cv 0.2, 10 % of the requests lost, 10 % denied',
  ]);
  expect(report).toMatch(/\| policy +\| CPU short \| memory short \| cost CPU \|/);
  expect(report).toMatch(/\| oracle +\|/);
});

it('plots where the command lies alone', () => {
  const dir = tempDir();
  cpSync(join(ROOT, 'dist/cli.js'), join(dir, 'cli.js'));
  const trace = join(ROOT, 'specs/traces/nab_rds_half_day.csv');
  execFileSync('node', ['cli.js', 'simulate', '--trace', trace, '--policy', 'oracle', '--plot', 'run.html'], {
    cwd: dir,
    stdio: 'pipe',
  });
  expect(readFileSync(join(dir, 'run.html'), 'utf8')).toContain('var uPlot=');
});

it('is no part of what a monitor loads', () => {
  expect(packedPrograms().get('monitor')).not.toContain('noiseCv');
  for (const plots of ['uPlot', '<svg']) expect(packedPrograms().get('monitor')).not.toContain(plots);
  expect(packedPrograms().get('tools')).toContain('noiseCv');
});
