import { recordRun } from '../../../../../adapters/tools/simulate/plot/plotted-run';
import { runPlot, type RunOfPolicy } from '../../../../../adapters/tools/simulate/plot/run-plot';
import { noMeasures } from '../../../../../machines/simulation/measures';
import { SIMULATION_DEFAULTS } from '../../../../../machines/simulation/setting';
import { GIB } from '../../../../../machines/shared/units';

const SECONDS = 7_200;
const FROM = 100;
const size = (units: number) => ({ cpu: units / 4, mem: units * GIB });

/** Two hours from second 100 on: 1 core, then 3; the policy follows at the half and is 0.5 cores short of it for a second. */
const record = (policy: string, bounds: { mostPoints: number; mostSizes: number }): RunOfPolicy => {
  const { observer, recorded } = recordRun(bounds);
  observer.resized(FROM, size(8));
  for (let second = 0; second < SECONDS; second += 1) {
    const at = FROM + second;
    const isSecondHour = second >= SECONDS / 2;
    if (second === SECONDS / 2) {
      observer.decided(at, size(16), () => `${policy} sees 3 cores`);
      observer.resized(at + 1, size(16));
    }
    observer.stepped(at, {
      demandCores: isSecondHour ? 3 : 1,
      demandBytes: 2 * GIB,
      cpuShort: second === SECONDS / 2 ? 0.5 : 0,
      memShort: 0,
    });
  }
  const measures = {
    ...noMeasures(),
    durationSeconds: SECONDS,
    allocatedCoreSeconds: 3 * SECONDS,
    allocatedGibSeconds: 12 * SECONDS,
    resizes: 2,
    cpuShortCoreSeconds: 434.6,
    memShortGibSeconds: 7.2,
  };
  return { policy, measures, run: recorded() };
};

const plotOf = (bounds: { mostPoints: number; mostSizes: number }, ...policies: readonly string[]) =>
  runPlot(
    'a day',
    policies.map((policy) => record(policy, bounds)),
    SIMULATION_DEFAULTS,
  );

const FEW = { mostPoints: 4, mostSizes: 10 };

describe('a plot of runs', () => {
  const plot = plotOf(FEW, 'headroom', 'goal-cu');
  const [cpu, memory] = plot.rows[0]!.panels;
  const pointsOf = (name: string, panel = cpu) => panel!.series.find((one) => one.name === name)!.points;

  it('has a row of CPU and memory for each policy, in its colour, on one scale', () => {
    expect(plot.rows.map(({ colour }) => colour)).toEqual(['#009e73', '#d55e00']);
    for (const { panels } of plot.rows) {
      expect(panels.map(({ y }) => [y.label, y.min, y.max])).toEqual([
        ['vCPUs', 0, 4],
        ['GiB', 0, 16],
      ]);
      expect(panels.map(({ x }) => [x.label, x.min, x.max])).toEqual([
        ['hours of the trace', 0, 2],
        ['hours of the trace', 0, 2],
      ]);
    }
  });

  it('shows each size from its very moment to the end, demand and shortage merged', () => {
    const resizedAt = (SECONDS / 2 + 1) / 3600;
    expect(cpu!.series.map(({ name, shape }) => [name, shape])).toEqual([
      ['shortage, peak of 34.1 min', 'area'],
      ['demand, peak of 34.1 min', 'stepped'],
      ['demand, mean of 34.1 min', 'stepped'],
      ['size, headroom', 'stepped'],
    ]);
    expect(pointsOf('size, headroom')).toEqual([
      [0, 2],
      [resizedAt, 4],
      [2, 4],
    ]);
    expect(pointsOf('size, headroom', memory)).toEqual([
      [0, 8],
      [resizedAt, 16],
      [2, 16],
    ]);
    // 2,048 steps a point: the second one holds 1,552 of the first hour and 496 of the next.
    const at = (point: number): number => (point * 2048) / 3600;
    expect(pointsOf('demand, mean of 34.1 min')).toEqual([
      [0, 1],
      [at(1), expect.closeTo((1552 + 3 * 496) / 2048)],
      [at(2), 3],
      [at(3), 3],
      [2, 3],
    ]);
    expect(pointsOf('demand, peak of 34.1 min').map(([, cores]) => cores)).toEqual([1, 3, 3, 3, 3]);
    expect(pointsOf('shortage, peak of 34.1 min').map(([, cores]) => cores)).toEqual([0, 0.5, 0, 0, 0]);
    expect(new Set(pointsOf('demand, mean of 34.1 min', memory).map(([, gib]) => gib))).toEqual(new Set([2]));
  });

  it('tells the figures of each policy', () => {
    expect(plot.rows[0]!.title).toBe(
      'headroom: 3.00 vCPU and 12.00 GiB on average, 2 resizes, short of 435 core-s and 7 GiB-s',
    );
  });

  it('notes each decision with its reason, from its moment on', () => {
    expect(plot.rows[1]!.notes).toEqual([{ x: 1, text: 't 3700 s: 4 vCPU, 16.00 GiB desired: goal-cu sees 3 cores' }]);
  });
});

it('shows demand as it is where each step has its point', () => {
  const [panel] = plotOf({ mostPoints: 8_000, mostSizes: 10 }, 'headroom').rows[0]!.panels;
  expect(panel!.series.map(({ name, points }) => [name, points.length])).toEqual([
    ['shortage', SECONDS + 1],
    ['demand', SECONDS + 1],
    ['size, headroom', 3],
  ]);
});

it('shows the size at the end of each point when there are more sizes than it can show', () => {
  const [panel] = plotOf({ mostPoints: 4, mostSizes: 1 }, 'headroom').rows[0]!.panels;
  const { name, points } = panel!.series.at(-1)!;
  expect(name).toBe('size, headroom (at the end of each 34.1 min)');
  expect(points.map(([, cores]) => cores)).toEqual([2, 4, 4, 4, 4]);
});

it('says from where on reasons are left out', () => {
  const bounds = { mostPoints: 4, mostSizes: 10 };
  const { run, ...rest } = record('headroom', bounds);
  const { notes } = runPlot('', [{ ...rest, run: { ...run, decided: 7 } }], SIMULATION_DEFAULTS).rows[0]!;
  expect(notes).toEqual([{ x: 1, text: 'the reasons of 7 decisions from here on are left out' }]);
});

it('ends where the last step ends, also with samples shorter than a second', () => {
  const { observer, recorded } = recordRun(FEW);
  observer.resized(0, size(8));
  for (let at = 0; at < 3; at += 0.5) {
    observer.stepped(at, { demandCores: 1, demandBytes: 1, cpuShort: 0, memShort: 0 });
  }
  const run = { policy: 'oracle', measures: noMeasures(), run: recorded() };
  const [panel] = runPlot('', [run], { ...SIMULATION_DEFAULTS, beatMs: 500 }).rows[0]!.panels;
  expect(panel!.x.max).toBe(3);
});
