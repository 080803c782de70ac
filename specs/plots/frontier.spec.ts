import { noMeasures } from '../../machines/simulation/measures';
import type { Result } from '../../machines/simulation/score';
import { FRONTIER_POLICIES, frontierCurves } from './frontier';
import { frontierPicture, ratioLabel } from './frontier-chart';

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

const curves = frontierCurves(FRONTIER_POLICIES.map(result));

it('scores each setting of a curve, and each policy that stands alone, against goal-cu', () => {
  const { points } = curves.find(({ title }) => title === 'reactive: factor')!;
  expect(points.map(({ label }) => label)).toEqual(['×1', '×1.05', '×1.1', '×1.2', '×1.4']);
  for (const { score } of points) expect(score.cpuShort).toBeCloseTo(0.01);
  expect(points[1]!.score.cpuCost! - points[0]!.score.cpuCost!).toBeCloseTo(0.1);
  expect(curves.find(({ title }) => title === 'goal-cu')!.points).toEqual([
    { label: 'goal-cu', score: expect.objectContaining({ cpuShort: 1, cpuCost: 1, memShort: null }) as unknown },
  ]);
});

it('has the setting of the monitor on each curve of headroom', () => {
  const own = curves.find(({ title }) => title === 'headroom: priceMs')!.points[1]!;
  expect(own.label).toBe('240 s');
  for (const title of ['headroom: cpuHeadroomDeviations', 'headroom: memHeadroomFraction']) {
    expect(curves.find((curve) => curve.title === title)!.points[1]!.score).toBe(own.score);
  }
});

describe('the picture', () => {
  // What the chart is built of is our own: two panels and a line for each curve.
  const { series } = frontierPicture(curves).option as {
    series: { name: string; xAxisIndex: number; data: { name: string; value: number[] }[] }[];
  };
  const inPanel = (panel: number) => series.filter(({ xAxisIndex }) => xAxisIndex === panel);

  it('shows in each panel the curves that are about its resource', () => {
    expect(inPanel(0).map(({ name }) => name)).toEqual([
      ...['reactive: factor', 'headroom: cpuHeadroomDeviations', 'headroom: priceMs'],
      ...['goal-cu', 'sliding-max', 'vpa', 'static-p99.5', 'oracle'],
    ]);
    expect(inPanel(1).map(({ name }) => name)).toContain('headroom: memHeadroomFraction');
    expect(inPanel(1).map(({ name }) => name)).not.toContain('headroom: cpuHeadroomDeviations');
  });

  it('puts cost beside shortage', () => {
    expect(inPanel(0).find(({ name }) => name === 'goal-cu')!.data).toEqual([{ name: 'goal-cu', value: [1, 1] }]);
  });

  it('shows no point of which the traces say nothing', () => {
    expect(inPanel(1).flatMap(({ data }) => data)).toEqual([]);
  });
});

it.each([
  [1, '1'],
  [10, '10'],
  [0.001, '1/1000'],
])('tells the ratio %d as %s', (ratio, label) => {
  expect(ratioLabel(ratio)).toBe(label);
});
