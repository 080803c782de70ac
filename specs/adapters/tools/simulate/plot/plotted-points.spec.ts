import { PlottedPoints } from '../../../../../adapters/tools/simulate/plot/plotted-points';

const STEP = { demandCores: 1, demandBytes: 2, cpuShort: 0, memShort: 0 };
const SIZE = { cpu: 4, mem: 16 };

it('are bounded: neighbours are merged, and a peak of a second stays visible', () => {
  const [most, seconds, peakAt] = [1_000, 5_007, 4_321];
  const points = new PlottedPoints(most);
  for (let at = 0; at < seconds; at += 1) points.add(at, { ...STEP, cpuShort: at === peakAt ? 9 : 0 }, SIZE);
  expect(points.stepsPerPoint).toBe(8);
  expect(points.all).toHaveLength(Math.ceil(seconds / 8));
  expect(points.all.filter(({ cpuShort }) => cpuShort === 9)).toEqual([
    expect.objectContaining({ seconds: peakAt - (peakAt % 8), steps: 8 }),
  ]);
  expect(points.all.map((point) => point.seconds)).toEqual(points.all.map((_, i) => i * 8));
});

it('put merged steps together: their mean, their peak, the size at their end', () => {
  const points = new PlottedPoints(2);
  [1, 3, 5, 7, 11].forEach((cores, at) => {
    const step = { demandCores: cores, demandBytes: 10 * cores, cpuShort: cores / 10, memShort: 5 };
    points.add(at, step, { cpu: at, mem: 4 * at });
  });
  expect(points.all).toEqual([
    {
      seconds: 0,
      steps: 4,
      meanCores: 4,
      mostCores: 7,
      meanBytes: 40,
      mostBytes: 70,
      cpuShort: 0.7,
      memShort: 5,
      size: { cpu: 3, mem: 12 },
    },
    expect.objectContaining({ seconds: 4, steps: 1, meanCores: 11, mostCores: 11, size: { cpu: 4, mem: 16 } }),
  ]);
});

it('have none within a gap in the recording', () => {
  const points = new PlottedPoints(10);
  points.add(0, STEP, SIZE);
  points.add(95, STEP, SIZE);
  expect(points.all.map(({ seconds }) => seconds)).toEqual([0, 95]);
});
