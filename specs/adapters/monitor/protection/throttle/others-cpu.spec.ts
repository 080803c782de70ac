/** When others count as standing still, by their CPU time. */
import { createOthersCpu } from '../../../../../adapters/monitor/protection/throttle/others-cpu';

/** Looks 250 ms apart, each with what the others have used of the CPUs since the one before. */
const verdicts = (coresBefore: number | null, ...cores: readonly number[]): readonly boolean[] => {
  const look = createOthersCpu(coresBefore);
  look({ usageUs: 5_000_000, atMs: 1_000 });
  let usageUs = 5_000_000;
  return cores.map((used, index) => {
    usageUs += used * 250_000;
    return look({ usageUs, atMs: 1_250 + 250 * index }) !== null;
  });
};

it.each([
  ['a collapse is told at the third look', 1.2, [0.01, 0.01, 0.01], [false, false, true]],
  ['less use is no collapse', 1.2, [0.2, 0.2, 0.2, 0.2], [false, false, false, false]],
  ['a pause is none', 1.2, [0.01, 0.01, 0.6, 0.01, 0.01, 0.01], [false, false, false, false, false, true]],
  ['of others that used hardly anything before it is not told', 0.09, [0, 0, 0, 0], [false, false, false, false]],
  ['nor where it is not known what they used', null, [0, 0, 0, 0], [false, false, false, false]],
])('%s', (_what, before, cores, told) => {
  expect(verdicts(before, ...cores)).toEqual(told);
});

it('is said with both numbers', () => {
  const look = createOthersCpu(1.5);
  const said = [0, 1, 2, 3].map((turn) => look({ usageUs: 1_000 * turn, atMs: 250 * turn }));
  expect(said.at(-1)).toBe('the other processes of the cgroup use 0.00 CPUs, and used 1.50 before');
});
