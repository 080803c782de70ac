import { DemandBins } from './demand-bins';

const step = (demandCores: number, demandBytes: number) => ({ demandCores, demandBytes, cpuShort: 0, memShort: 0 });

it('puts the steps of a bin together: their means, and the busiest', () => {
  const bins = new DemandBins(100, 2);
  bins.add(100, step(1, 10));
  bins.add(101, step(3, 20));
  bins.add(102, step(5, 30));
  expect(bins.points()).toEqual([
    { seconds: 100, meanCores: 2, mostCores: 3, meanBytes: 15 },
    { seconds: 102, meanCores: 5, mostCores: 5, meanBytes: 30 },
  ]);
});

it('leaves out a gap in the recording', () => {
  const bins = new DemandBins(0, 10);
  bins.add(0, step(1, 1));
  bins.add(95, step(2, 2));
  expect(bins.points().map(({ seconds }) => seconds)).toEqual([0, 90]);
});
