/** `make policy-plots`: the pictures of docs/policies.md, drawn by the tool as it is built. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { colourOf } from '../plots/style';
import { buildOnce, buildTool } from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import { packedPrograms } from '../support/packed-programs';
import { ROOT } from '../support/repository-root';

jest.setTimeout(120_000);
beforeAll(() => {
  buildTool('plots');
});
afterAll(removeTempDirs);

const TRACE = 'specs/traces/nab_rds_half_day.csv';
const MOST_BYTES = 60_000;

const draw = (out: string, ...args: readonly string[]) =>
  spawnSync('node', ['dist/plots.cjs', '--out', out, ...args], { cwd: ROOT, encoding: 'utf8' });

const textsIn = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text ?? '');

/** Curves in the policy's colour; its points and texts are filled. */
const linesIn = (svg: string, policy: string): number =>
  [...svg.matchAll(/<path [^>]*>/g)].filter(([path]) => path.includes(`fill="none" stroke="${colourOf(policy)}"`))
    .length;

const POLICIES = ['headroom', 'goal-cu', 'sliding-max', 'reactive', 'oracle'];

describe('the pictures', () => {
  const out = tempDir();
  let drawn: ReturnType<typeof draw>;
  beforeAll(() => {
    drawn = draw(out, '--traces', TRACE);
  });
  const picture = (name: string): string => readFileSync(join(out, name), 'utf8');

  it('are both made by one command, which names them', () => {
    expect(drawn).toMatchObject({ status: 0 });
    expect(drawn.stderr).toContain(join(out, 'policy-decisions.svg'));
    expect(drawn.stderr).toContain(join(out, 'policy-frontier.svg'));
  });

  it('show what each policy decides: a line of CPU and one of memory', () => {
    const svg = picture('policy-decisions.svg');
    expect(textsIn(svg)).toEqual(expect.arrayContaining(['vCPUs', 'GiB', 'hours', ...POLICIES]));
    for (const policy of POLICIES) expect([policy, linesIn(svg, policy)]).toEqual([policy, 2]);
  });

  it('show cost against shortage: the curves, and the policies beside them', () => {
    const svg = picture('policy-frontier.svg');
    expect(textsIn(svg)).toEqual(
      expect.arrayContaining(['cost of CPU', 'short of CPU', 'cost of memory', 'short of memory', 'goal-cu', 'oracle']),
    );
    expect(textsIn(svg)).toEqual(
      expect.arrayContaining(['reactive, factor ×1 to ×1.4', 'headroom, cpuHeadroomDeviations 0 to 3']),
    );
    // In the panel of CPU and in the legend; a trace without memory has no curve of it.
    expect(linesIn(svg, 'reactive')).toBe(2);
  });

  it('are small, white, and the same each time', () => {
    const again = tempDir();
    draw(again, '--traces', TRACE);
    for (const name of ['policy-decisions.svg', 'policy-frontier.svg']) {
      expect(picture(name)).toBe(readFileSync(join(again, name), 'utf8'));
      expect(picture(name).length).toBeLessThan(MOST_BYTES);
      expect(picture(name)).toMatch(/<rect width="960" height="\d+" x="0" y="0" fill="#ffffff"/);
    }
  });
});

it('draws the decisions on an example where nobody has traces', () => {
  const out = tempDir();
  expect(draw(out)).toMatchObject({ status: 0, stderr: `${join(out, 'policy-decisions.svg')}\n` });
});

it.each([
  [['--trace', 'nowhere.csv'], /^policy-plots: nowhere.csv: ENOENT/],
  [
    ['--trace', TRACE],
    /^policy-plots: nab_rds_half_day: \d+ resizes by goal-cu, expected at most 1000 in a picture\n$/,
  ],
  [['--traces', 'specs/plots'], /policy-plots: specs\/plots: expected at least one .csv in it\n$/],
  [['--tarce', TRACE], /^policy-plots: .*--tarce/],
])('refuses %p in one line', (args, line) => {
  const { status, stderr } = draw(tempDir(), ...args);
  expect(status).toBe(2);
  expect(stderr).toMatch(line);
});

it('says which file cannot be written', () => {
  const out = tempDir();
  mkdirSync(join(out, 'policy-decisions.svg'));
  expect(draw(out)).toMatchObject({
    status: 2,
    stderr: `policy-plots: ${join(out, 'policy-decisions.svg')}: EISDIR: illegal operation on a directory\n`,
  });
});

it('is no part of the command', () => {
  buildOnce();
  for (const program of packedPrograms().values()) expect(program).not.toContain('zrender');
});
