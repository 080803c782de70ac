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
  const { scores } = curves.find(({ title }) => title === 'reactive, factor ×1 to ×1.4')!;
  expect(scores).toHaveLength(5);
  for (const { cpuShort } of scores) expect(cpuShort).toBeCloseTo(0.01);
  // goal-cu is the second, the curve begins with the seventh.
  expect(scores[0]!.cpuCost).toBeCloseTo(160 / 110);
  expect(curves.find(({ title }) => title === 'goal-cu')!.scores).toEqual([
    expect.objectContaining({ cpuShort: 1, cpuCost: 1, memShort: null }),
  ]);
});

it('has headroom as it is on each of its curves', () => {
  const [own] = curves.find(({ title }) => title === 'headroom')!.scores;
  const others = curves.filter(({ policy, scores }) => policy === 'headroom' && scores.length > 1);
  expect(others).toHaveLength(3);
  for (const { scores } of others) expect(scores).toContain(own);
});

describe('the picture', () => {
  // What the chart is built of is our own: two panels and a line for each curve.
  const { series } = frontierPicture(curves).option as {
    series: { name: string; xAxisIndex: number; data: number[][] }[];
  };
  const inPanel = (panel: number) => series.filter(({ xAxisIndex }) => xAxisIndex === panel);

  it('shows in each panel the curves that are about its resource', () => {
    expect(inPanel(0).map(({ name }) => name)).toEqual([
      'reactive, factor ×1 to ×1.4',
      'headroom, cpuHeadroomDeviations 0 to 3',
      'headroom, priceMs 60 s to 960 s',
      ...['headroom', 'goal-cu', 'sliding-max', 'vpa', 'static-p99.5', 'oracle'],
    ]);
    expect(inPanel(1).map(({ name }) => name)).toContain('headroom, memHeadroomFraction 0 to 0.2');
    expect(inPanel(1).map(({ name }) => name)).not.toContain('headroom, cpuHeadroomDeviations 0 to 3');
  });

  it('puts cost beside shortage', () => {
    expect(inPanel(0).find(({ name }) => name === 'goal-cu')!.data).toEqual([[1, 1]]);
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
