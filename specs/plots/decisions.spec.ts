import { SIMULATION_DEFAULTS } from '../../machines/simulation/setting';
import { leftOf, rightOf } from '../support/either';
import { evenTrace } from '../support/simulation';
import { decide } from './decisions';
import { DEMAND_MOST_POINTS } from './limits';

const HOUR = evenTrace({ cpuCores: Array.from({ length: 60 }, (_, i) => (i < 30 ? 1 : 3)), memGib: [2] });

describe('decisions on a trace', () => {
  const { fromSeconds, toSeconds, demand, deciders } = rightOf(decide(HOUR, SIMULATION_DEFAULTS));

  it('are those of each policy', () => {
    expect(deciders.map(({ policy }) => policy)).toEqual(['headroom', 'goal-cu', 'sliding-max', 'reactive', 'oracle']);
  });

  it('begin with the initial size, and each follows the step of the demand', () => {
    for (const { sizes } of deciders) {
      expect(sizes[0]).toEqual({ seconds: 0, cpu: 4, mem: 16 * 2 ** 30 });
      expect(sizes.at(-1)!.cpu).toBeGreaterThanOrEqual(3);
      expect(Math.min(...sizes.map(({ cpu }) => cpu))).toBeLessThan(2);
    }
  });

  it('stand beside the demand of the whole trace, in few points', () => {
    expect([fromSeconds, toSeconds]).toEqual([0, 3600]);
    expect(demand).toHaveLength(DEMAND_MOST_POINTS);
    expect(demand[0]).toMatchObject({ seconds: 0, meanCores: 1, meanBytes: 2 * 2 ** 30 });
    expect(demand.at(-1)).toMatchObject({ seconds: 3570, meanCores: 3 });
  });
});

it('refuses a trace with more resizes than a picture can show', () => {
  const restless = evenTrace({
    intervalSeconds: 20,
    cpuCores: Array.from({ length: 1_200 }, (_, i) => (i % 2 === 0 ? 1 : 3)),
  });
  expect(leftOf(decide(restless, SIMULATION_DEFAULTS))).toMatch(
    /^made_up: \d+ resizes by [\w-]+, expected at most 1000 in a picture$/,
  );
});
