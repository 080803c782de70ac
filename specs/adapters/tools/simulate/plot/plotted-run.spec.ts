import { recordRun } from '../../../../../adapters/tools/simulate/plot/plotted-run';
import { POLICIES_UNDER_TEST } from '../../../../../machines/simulation/policies-under-test';
import { SIMULATION_DEFAULTS } from '../../../../../machines/simulation/setting';
import { simulate } from '../../../../../machines/simulation/simulate';
import { GIB } from '../../../../../machines/shared/units';
import { evenTrace } from '../../../../support/simulation';

/** Half an hour of 1 core, half an hour of 3; 2 GiB. */
const HOUR = evenTrace({ cpuCores: Array.from({ length: 60 }, (_, i) => (i < 30 ? 1 : 3)), memGib: [2] });

const run = (policy: string, mostSizes: number) => {
  const { observer, recorded } = recordRun({ mostPoints: 240, mostSizes });
  const { resizes } = simulate(HOUR, POLICIES_UNDER_TEST.get(policy)!, SIMULATION_DEFAULTS, observer);
  return { ...recorded(), resizes };
};

describe.each(['headroom', 'goal-cu', 'sliding-max', 'reactive', 'oracle'])('a run of %s', (policy) => {
  const { points, stepsPerPoint, sizes, decisions, decided, resizes } = run(policy, 1_000);

  it('begins with the initial size, and each size follows', () => {
    expect(sizes).toHaveLength(1 + resizes);
    expect(sizes![0]).toEqual({ seconds: 0, cpu: 4, mem: 16 * GIB });
    expect(sizes!.at(-1)!.cpu).toBeGreaterThanOrEqual(3);
    expect(Math.min(...sizes!.map(({ cpu }) => cpu))).toBeLessThan(2);
  });

  it('stands beside the demand of the whole trace, in few points', () => {
    expect(stepsPerPoint).toBe(16);
    expect(points).toHaveLength(3_600 / 16);
    expect(points[0]).toMatchObject({ seconds: 0, meanCores: 1, mostCores: 1, meanBytes: 2 * GIB });
    expect(points.at(-1)).toMatchObject({ seconds: 3_584, meanCores: 3, size: { cpu: sizes!.at(-1)!.cpu } });
  });

  it('has each decision with its reason', () => {
    expect(decided).toBeGreaterThanOrEqual(resizes);
    expect(decisions).toHaveLength(decided);
    expect(decisions.filter(({ reason }) => reason === '')).toEqual([]);
  });
});

it('keeps no sizes when there are more than asked for', () => {
  expect(run('oracle', 1).sizes).toBeNull();
});
