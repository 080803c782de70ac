/** Which CPUs are switched. */
import { planCpus } from '../../../../adapters/monitor/guest-cpus/guest-cpus';

const FOUR = [0, 1, 2, 3];
const plan = (online: readonly number[], count: number | null, surplus: 'keep' | 'offline' = 'keep') => {
  const { bringOnline, takeOffline } = planCpus({ present: FOUR, online }, { count, surplus });
  return [bringOnline, takeOffline];
};

it('brings the lowest online until there are enough', () => {
  expect(plan([0], 3)).toEqual([[1, 2], []]);
  expect(plan([0, 2], 3)).toEqual([[1], []]);
});

it('brings all online that are there when no number is asked for', () => {
  expect(plan([0], null)).toEqual([[1, 2, 3], []]);
});

it('brings online what there is when more is asked for', () => {
  expect(plan([0], 8)).toEqual([[1, 2, 3], []]);
});

it('keeps those above unless they are surplus', () => {
  expect(plan(FOUR, 2)).toEqual([[], []]);
  expect(plan(FOUR, 2, 'offline')).toEqual([[], [3, 2]]);
});

it('never takes CPU 0 offline, and never the last one', () => {
  expect(plan(FOUR, 1, 'offline')).toEqual([[], [3, 2, 1]]);
  expect(plan(FOUR, 0, 'offline')).toEqual([[], [3, 2, 1]]);
  expect(plan([0], 0, 'offline')).toEqual([[], []]);
  expect(plan([1], 1, 'offline')).toEqual([[], []]);
});
