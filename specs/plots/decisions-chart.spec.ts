import { noMeasures } from '../../machines/simulation/measures';
import type { Decisions } from './decisions';
import { decisionsPicture } from './decisions-chart';

const GIB = 2 ** 30;

/** An hour from second 100 on, in two bins. */
const DECISIONS: Decisions = {
  fromSeconds: 100,
  toSeconds: 3700,
  binSeconds: 1800,
  demand: [
    { seconds: 100, meanCores: 1, mostCores: 1.5, meanBytes: GIB },
    { seconds: 1900, meanCores: 2, mostCores: 3, meanBytes: 2 * GIB },
  ],
  deciders: [
    {
      policy: 'headroom',
      sizes: [
        { seconds: 100, cpu: 2, mem: 8 * GIB },
        { seconds: 1000, cpu: 4, mem: 16 * GIB },
      ],
      measures: { ...noMeasures(), durationSeconds: 3600, allocatedCoreSeconds: 12_600, resizes: 2 },
    },
    { policy: 'goal-cu', sizes: [{ seconds: 100, cpu: 2, mem: 8 * GIB }], measures: noMeasures() },
  ],
};

describe('the picture of decisions', () => {
  // What the chart is built of is our own: a row of two panels for each policy.
  const { title, grid, yAxis, series } = decisionsPicture(DECISIONS).option as {
    title: { text: string }[];
    grid: { left: number; top: number }[];
    yAxis: { name: string; max: number }[];
    series: { xAxisIndex: number; step?: string; data: number[][] }[];
  };
  const inPanel = (panel: number) => series.filter(({ xAxisIndex }) => xAxisIndex === panel).map(({ data }) => data);

  it('has a row of two panels for each policy, on one scale', () => {
    expect(new Set(grid.map(({ top }) => top)).size).toBe(2);
    expect(yAxis.map(({ name, max }) => [name, max])).toEqual([
      ['vCPUs', 4],
      ['GiB', 16],
      ['vCPUs', 4],
      ['GiB', 16],
    ]);
  });

  it('shows demand, and the size above it, which holds to the end', () => {
    const sizes = [
      [0, 2],
      [0.25, 4],
      [1, 4],
    ];
    const [cpu, memory] = [inPanel(0), inPanel(1)];
    expect(cpu).toEqual([
      [
        [0, 1.5],
        [0.5, 3],
      ],
      [
        [0, 1],
        [0.5, 2],
      ],
      sizes,
    ]);
    expect(memory.at(-1)).toEqual(sizes.map(([hours, cores]) => [hours, cores! * 4]));
  });

  it('tells the figures of each policy', () => {
    expect(title.map(({ text }) => text)).toContain('3.50 vCPUs on average, 2 resizes, short of 0 core-s and 0 GiB-s');
  });
});
