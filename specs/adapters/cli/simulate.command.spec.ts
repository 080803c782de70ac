/** `vm-monitor simulate` in this process: what runs on one thread. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulateCommand } from '../../../adapters/cli/simulate.command';
import { replayEventLog } from '../../../adapters/tools/replay';
import { HEADER } from '../../../adapters/tools/simulate/read-trace';
import { removeTempDirs, tempDir } from '../../support/event-log';
import { seriesNamesIn, textsIn } from '../../support/svg';

afterAll(removeTempDirs);

const call = async (...args: string[]) => {
  let out = '';
  let err = '';
  const status = await simulateCommand(args, { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { status, out, err };
};

/** Two minutes: 1 core, then 3; 1 GiB, then 4; a VM of 4 cores and 16 GiB. */
const writeTrace = (name = 'made_up_1.csv', dir = tempDir()): string => {
  const path = join(dir, name);
  writeFileSync(
    path,
    [HEADER, '0,1,1073741824,4,17179869184', '60,3,4294967296,4,17179869184', '120,3,,,', ''].join('\n'),
  );
  return path;
};

/** Five minutes of a small load in 2 GiB; more is expected of it than can be. */
const writeScenario = (): string => {
  const path = join(tempDir(), 'made-up.json');
  const load = [{ kind: 'flat', anonMib: 200, cores: 0.05 }];
  const vm = { maxUnits: 4, initialUnits: 2 };
  const expected = { finalGib: { most: 0.5 } };
  writeFileSync(path, JSON.stringify({ name: 'made-up', about: 'a spec', minutes: 5, vm, load, expect: expected }));
  return path;
};

describe('one run', () => {
  it('is told as one JSON object with --json', async () => {
    const { status, out, err } = await call('--trace', writeTrace(), '--policy', 'static-p99.5', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.endsWith('}\n')).toBe(true);
    expect(JSON.parse(out)).toEqual({
      trace: 'made_up_1',
      policy: 'static-p99.5',
      durationSeconds: 120,
      cpuShortSeconds: 0,
      cpuShortCoreSeconds: 0,
      memShortSeconds: 0,
      memShortGibSeconds: 0,
      usedCoreSeconds: 240,
      allocatedCoreSeconds: 4 * 7 + 3.75 * 113,
      usedGibSeconds: 60 + 240 - 3 * 4.5,
      allocatedGibSeconds: 16 * 7 + 15 * 113,
      resizes: 1,
      // A page cache that is made up (machines/simulation/page-cache.ts): it begins warm, and fits beside the demand.
      cacheGibSeconds: expect.closeTo(316.1, 1) as number,
      cacheMissSeconds: 0,
      cacheRefilledGib: 0,
    });
  });

  it('is told as a table otherwise', async () => {
    const { out } = await call('--trace', writeTrace(), '--policy', 'oracle');
    expect(out).toMatch(/^all traces +cpu short core-s +.*resizes\noracle +0\.0 .* 2\n$/);
  });

  it('writes each granted size with --sizes, and a page with --plot', async () => {
    const dir = tempDir();
    const files = ['--sizes', join(dir, 's.csv'), '--plot', join(dir, 'p.html')];
    const { status } = await call('--trace', writeTrace(), '--policy', 'oracle', ...files);
    expect(status).toBe(0);
    expect(readFileSync(join(dir, 's.csv'), 'utf8')).toBe(
      't_seconds,cpu,mem_bytes\n0,4,17179869184\n7,1,4294967296\n54.5,3,12884901888\n',
    );
    expect(readFileSync(join(dir, 'p.html'), 'utf8')).toContain('<title>made_up_1</title>');
  });

  it('draws a picture of several policies with --plot', async () => {
    const file = join(tempDir(), 'p.svg');
    const policies = ['--policy', 'oracle', '--policy', 'reactive'];
    const { status, out } = await call('--trace', writeTrace(), ...policies, '--noise-cv', '0.2', '--plot', file);
    expect(status).toBe(0);
    expect(out).toMatch(/\noracle .*\nreactive .*\n$/);
    const svg = readFileSync(file, 'utf8');
    expect(textsIn(svg)).toEqual(
      expect.arrayContaining(['made_up_1, noise of cv 0.2 (seed 1)', 'size, oracle', 'size, reactive']),
    );
    expect(seriesNamesIn(svg).filter((name) => name === 'size, oracle')).toHaveLength(2);
  });

  it('takes sizes, beats and grants from flags', async () => {
    const flags = [
      '--compute-unit',
      '1,4GiB',
      '--min-size',
      '2,8GiB',
      '--max-size',
      '3,12GiB',
      '--initial-size',
      '2,8GiB',
    ];
    const times = ['--beat-ms', '5000', '--grant-up-ms', '0', '--grant-down-ms', '9000'];
    const path = join(tempDir(), 's.csv');
    await call('--trace', writeTrace(), '--policy', 'oracle', ...flags, ...times, '--sizes', path);
    expect(readFileSync(path, 'utf8')).toBe('t_seconds,cpu,mem_bytes\n0,2,8589934592\n55,3,12884901888\n');
  });
});

describe('the world', () => {
  it('is what traces are played in, where no flag of the fluid model is given', async () => {
    const { status, out } = await call('--trace', writeTrace(), '--side', 'largest', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...{ scenario: 'made_up_1', side: 'largest', seed: 1, unmet: null },
      ...{ averageVcpu: 4, averageGib: 16, oomKills: 0, throughputShare: 1 },
    });
  });

  it('lists its scenarios', async () => {
    const { status, out } = await call('--list-scenarios');
    expect(status).toBe(0);
    expect(out).toMatch(/^idle +A Postgres that nobody uses/);
    expect(out).toMatch(/\nhot-set-fits +Vanilla Postgres: /);
  });

  it('plays a file under a side, and tells a table', async () => {
    const { status, out } = await call('--scenario', writeScenario(), '--side', 'headroom');
    expect(status).toBe(0);
    expect(out).toMatch(/^ +mem short GiB-s .* GiB\nmade-up headroom +0\.0 /);
    expect(out).toMatch(/\nNot as expected:\n {2}made-up: finalGib is 2, expected at most 0\.5\n$/);
  });

  it('writes the sizes and an event log of one run, which replays without a difference', async () => {
    const dir = tempDir();
    const files = ['--sizes', join(dir, 's.csv'), '--events', join(dir, 'log')];
    expect((await call('--scenario', writeScenario(), '--side', 'headroom', ...files)).status).toBe(0);
    expect(readFileSync(join(dir, 's.csv'), 'utf8')).toMatch(/^t_seconds,cpu,mem_bytes\n0,0\.5,2147483648\n/);
    const replayed = await replayEventLog(join(dir, 'log'));
    expect(replayed).toMatchObject({ divergences: 0, first: null });
    expect(replayed.decisions).toBeGreaterThan(0);
    expect(await call('--scenario', writeScenario(), '--side', 'headroom', ...files)).toMatchObject({
      status: 2,
      err: `vm-monitor simulate: ${join(dir, 'log')}: expected an empty directory, or none\n`,
    });
  });
});

describe('what is refused, with status 2 and one line', () => {
  const refusals: readonly (readonly [args: readonly string[], line: string])[] = [
    [[], '--trace PATH is missing: expected a trace or a directory of traces'],
    [['--trace', '/nowhere'], '/nowhere: ENOENT: no such file or directory; expected a trace or a directory of traces'],
    [['--trace', 'x', '--polcy', 'y'], '--polcy: unknown, allowed are --trace, --policy, --noise-cv,'],
    [['--trace', 'x', '--policy', 'best'], '--policy "best": expected one of headroom, goal-cu, sliding-max,'],
    [['--trace', 'x', '--noise-cv', '-1'], '--noise-cv "-1": expected a number from 0 to 10'],
    [['--trace', 'x', '--noise-cv', 'much'], '--noise-cv "much": expected a number from 0 to 10'],
    [['--trace', 'x', '--seed', '1.5'], '--seed "1.5": expected a whole number from 0 to 2147483648'],
    [['--trace', 'x', '--beat-ms', '300'], '--beat-ms "300": expected ms that divide 1000 or are a multiple of it'],
    [['--trace', 'x', '--grant-up-ms', 'soon'], '--grant-up-ms "soon": expected a whole number from 0 to 3600000 ms'],
    [
      ['--trace', 'x', '--deny-rate', '0.6', '--loss-rate', '0.5'],
      '--deny-rate and --loss-rate: expected a sum of at most 1',
    ],
    [['--trace', 'x', '--plot', 'y.png'], '--plot "y.png": expected a file that ends in .html or .svg'],
    [
      ['--trace', 'x', '--report', '--plot', 'y.html'],
      '--plot "y.html": expected a file that ends in .svg beside --report',
    ],
    [['--scenario', 'none'], 'none: ENOENT: no such file or directory; no scenario has this name either'],
    [
      ['--scenario', 'leak', '--policy', 'oracle'],
      '--scenario, --list-scenarios, --sweep, --side, --seeds and --events:',
    ],
    [['--trace', 'x', '--model', 'world', '--report'], '--policy, --noise-cv, --beat-ms, --report and --plot:'],
    [['--scenario', 'leak', '--events', 'x'], '--events shows one run of the world, but 5 are asked for'],
    [['--trace', 'x', '--min-size', '1'], '--min-size "1": expected CPU,MEM such as 0.25,1GiB'],
  ];

  it.each(refusals)('%j', async (args, line) => {
    const { status, out, err } = await call(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.startsWith(`vm-monitor simulate: ${line}`)).toBe(true);
    expect(err.match(/\n/g)).toHaveLength(1);
  });

  it('a malformed trace, by file and line', async () => {
    const path = join(tempDir(), 'bad.csv');
    writeFileSync(path, `${HEADER}\n0,1,,,\n60,one,,,\n`);
    expect(await call('--trace', path, '--policy', 'oracle')).toEqual({
      status: 2,
      out: '',
      err: `vm-monitor simulate: ${path}: line 3: cpu_cores_used is "one", expected a number >= 0 or nothing\n`,
    });
  });

  it('a directory without traces', async () => {
    const dir = tempDir();
    expect(await call('--trace', dir)).toMatchObject({
      status: 2,
      err: `vm-monitor simulate: ${dir}: expected at least one .csv in it\n`,
    });
  });

  it('bounds that contradict each other', async () => {
    const { status, err } = await call('--trace', writeTrace(), '--policy', 'oracle', '--min-size', '8,32GiB');
    expect({ status, err }).toEqual({
      status: 2,
      err: 'vm-monitor simulate: made_up_1: the smallest size is larger than the largest, 16 units\n',
    });
  });

  it('files for several runs, and files that cannot be written', async () => {
    const path = writeTrace();
    expect(await call('--model', 'fluid', '--trace', path, '--sizes', 'x')).toMatchObject({
      status: 2,
      err: 'vm-monitor simulate: --sizes shows one trace under one policy, but 7 runs are asked for\n',
    });
    expect(await call('--trace', path, '--trace', path, '--policy', 'oracle', '--plot', 'x.svg')).toMatchObject({
      status: 2,
      err: 'vm-monitor simulate: --plot shows one trace, but 2 are asked for\n',
    });
    const missing = join(tempDir(), 'none', 's.csv');
    const { status, err } = await call('--trace', path, '--policy', 'oracle', '--sizes', missing);
    expect(status).toBe(2);
    expect(err).toMatch(`vm-monitor simulate: ${missing}: ENOENT: no such file or directory`);
  });

  it('a directory is read in order of names', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'sub.csv'));
    const { status, err } = await call('--trace', dir, '--policy', 'oracle');
    expect(status).toBe(2);
    expect(err).toMatch(`${dir}/sub.csv: EISDIR`);
  });
});
