/** `make policy-plots`: the pictures of docs/policies.md, drawn by the command as it is built. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce } from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import { ROOT } from '../support/repository-root';
import { seriesNamesIn, textsIn } from '../support/svg';

jest.setTimeout(120_000);
beforeAll(buildOnce);
afterAll(removeTempDirs);

const TRACE = 'specs/traces/nab_rds_half_day.csv';
const POLICIES = ['headroom', 'goal-cu', 'sliding-max', 'reactive', 'oracle'];
const MOST_BYTES = 60_000;

const inRepository = { cwd: ROOT, encoding: 'utf8' } as const;

/** What make would run, with its pictures in another directory. */
const recipe = (directory: string, ...variables: readonly string[]): readonly string[] =>
  execFileSync('make', ['--dry-run', 'policy-plots', ...variables], inRepository)
    .split('\n')
    .filter((line) => line.startsWith('node dist/cli.js simulate'))
    .map((line) => line.replaceAll('docs/images', directory));

const run = (line: string) => spawnSync('sh', ['-c', line], inRepository);

describe('without traces', () => {
  const directory = tempDir();

  it('the decisions are drawn, as docs/images holds them', () => {
    const [decisions, ...others] = recipe(directory);
    expect(others).toEqual([]);
    expect(run(decisions!)).toMatchObject({ status: 0, stderr: '' });
    const svg = readFileSync(join(directory, 'policy-decisions.svg'), 'utf8');
    // If it differs: policies have changed, and the picture and what docs/policies.md says of it have to follow.
    expect(svg).toBe(readFileSync(join(ROOT, 'docs/images/policy-decisions.svg'), 'utf8'));
  });

  it('they show the size of CPU and of memory under each policy, and its figures', () => {
    const svg = readFileSync(join(directory, 'policy-decisions.svg'), 'utf8');
    const count = (name: string): number => seriesNamesIn(svg).filter((found) => found === name).length;
    expect(POLICIES.map((policy) => count(`size, ${policy}`))).toEqual(POLICIES.map(() => 2));
    for (const policy of POLICIES) {
      expect(textsIn(svg).filter((text) => text.startsWith(`${policy}: `))).toEqual([
        expect.stringMatching(
          /: [\d.]+ vCPU and [\d.]+ GiB on average, \d+ resizes, short of \d+ core-s and \d+ GiB-s$/,
        ),
      ]);
    }
    expect(svg.length).toBeLessThan(MOST_BYTES);
  });
});

it('with traces the frontier is drawn, by the report that its figures are from', () => {
  const directory = tempDir();
  const [, frontier] = recipe(directory, `TRACES=${TRACE}`);
  const { status, stdout } = run(frontier!);
  expect(status).toBe(0);
  expect(stdout).toContain('Frontier: what less shortage costs.');
  const svg = readFileSync(join(directory, 'policy-frontier.svg'), 'utf8');
  expect(textsIn(svg)).toEqual(
    expect.arrayContaining(['cost of CPU', 'short of CPU', 'cost of memory', 'short of memory', 'goal-cu', 'oracle']),
  );
  expect(seriesNamesIn(svg)).toEqual(
    expect.arrayContaining(['reactive, factor ×1 to ×1.4', 'headroom, headroomDeviations 0 to 3']),
  );
});

it('TRACE is the demand of the decisions', () => {
  expect(recipe('x', `TRACE=${TRACE}`)[0]).toContain(`--trace ${TRACE} `);
});

it('says which file cannot be written', () => {
  const directory = tempDir();
  mkdirSync(join(directory, 'policy-decisions.svg'));
  const [decisions] = recipe(directory);
  expect(run(decisions!)).toMatchObject({
    status: 2,
    stderr: `vm-monitor simulate: ${join(directory, 'policy-decisions.svg')}: EISDIR: illegal operation on a directory\n`,
  });
});
