import { frontierPlot } from '../../../../../adapters/tools/simulate/plot/frontier-plot';
import { plotSvg } from '../../../../../adapters/tools/simulate/plot/svg';
import { noMeasures } from '../../../../../machines/simulation/measures';
import { FRONTIER_POLICIES } from '../../../../../machines/simulation/policies-under-test';
import type { Result } from '../../../../../machines/simulation/score';
import { seriesNamesIn, textsIn } from '../../../../support/svg';

const POLICIES = ['goal-cu', 'headroom', 'vpa', 'oracle'];
const RUN = [...new Set([...POLICIES, ...FRONTIER_POLICIES])];

/** Half a day on which goal-cu pays 100 and is short of 99.5; each other policy pays 10 more than the one before it. */
const result = (policy: string, index: number): Result => ({
  trace: 'a_b_1',
  policy,
  medianIntervalSeconds: 60,
  knowsMemory: false,
  measures: {
    ...noMeasures(),
    durationSeconds: 43_200,
    cpuShortCoreSeconds: policy === 'goal-cu' ? 99.5 : 0.5,
    allocatedCoreSeconds: 100 + 10 * index,
  },
});

const withMemory = (policy: string, index: number): Result => {
  const cpuOnly = result(policy, index);
  return {
    ...cpuOnly,
    knowsMemory: true,
    measures: { ...cpuOnly.measures, memShortGibSeconds: 1, allocatedGibSeconds: 200 },
  };
};

describe('the frontier', () => {
  const plot = frontierPlot(POLICIES, RUN.map(result));
  const [cpu, memory] = plot.rows[0]!.panels;
  const named = (name: string) => cpu!.series.find((one) => one.name === name)!;

  it('scores each policy and each setting of a curve against goal-cu, cost beside shortage', () => {
    expect(named('goal-cu')).toMatchObject({ shape: 'mark', points: [[1, 1]] });
    const { shape, points } = named('reactive, factor ×1 to ×1.4');
    expect(shape).toBe('curve');
    // The first four are the policies; the curve begins with the fifth.
    expect(points.map(([cost]) => cost)).toEqual(
      [1.4, 1.5, 1.6, 1.7, 1.8].map((cost) => expect.closeTo(cost) as number),
    );
    for (const [, short] of points) expect(short).toBeCloseTo(0.01);
  });

  it('has headroom as it is on each of its curves', () => {
    const [own] = named('headroom').points;
    const curves = cpu!.series.filter(({ name, shape }) => shape === 'curve' && name.startsWith('headroom'));
    expect(curves.map(({ stroke }) => stroke)).toEqual(['solid', 'dashed', 'dotted']);
    for (const { points } of curves) expect(points).toContainEqual(own);
  });

  it('shows in each panel the curves that are about its resource', () => {
    const panels = frontierPlot(POLICIES, RUN.map(withMemory)).rows[0]!.panels;
    expect(panels.map(({ series }) => series.map(({ name }) => name))).toEqual([
      [
        'reactive, factor ×1 to ×1.4',
        'headroom, headroomDeviations 0 to 3',
        'headroom, prefer cost to performance',
        'headroom, priceMs 60 s to 960 s',
        ...POLICIES,
      ],
      [
        'reactive, factor ×1 to ×1.4',
        'headroom, prefer cost to performance',
        'headroom, priceMs 60 s to 960 s',
        ...POLICIES,
      ],
    ]);
  });

  it('shows no point of which the traces say nothing', () => {
    expect(memory!.series).toEqual([]);
  });

  it('always has goal-cu in it', () => {
    const [panel] = frontierPlot(['oracle'], RUN.map(result)).rows[0]!.panels;
    const marks = panel!.series.filter(({ shape }) => shape === 'mark');
    expect(marks.map(({ name }) => name)).toEqual(['goal-cu', 'oracle']);
  });

  it('is a picture with names at the marks, curves in the legend, and ratios at the ticks', () => {
    const svg = plotSvg(plot);
    expect(textsIn(svg)).toEqual(
      expect.arrayContaining([
        ...['cost of CPU', 'short of CPU', 'cost of memory', 'short of memory', '1/100', '1/10', '1'],
        ...POLICIES,
        'reactive, factor ×1 to ×1.4',
      ]),
    );
    expect(seriesNamesIn(svg)).toHaveLength(4 + POLICIES.length);
  });

  it('leaves out a policy without results', () => {
    const [panel] = frontierPlot(['usage-x2'], RUN.map(result)).rows[0]!.panels;
    expect(panel!.series.filter(({ shape }) => shape === 'mark').map(({ name }) => name)).toEqual(['goal-cu']);
  });
});
