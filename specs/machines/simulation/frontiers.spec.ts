import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTrace } from '../../../adapters/tools/simulate/read-trace';
import { POLICIES_UNDER_TEST, FRONTIER_POLICIES } from '../../../machines/simulation/policies-under-test';
import { FRONTIERS } from '../../../machines/simulation/frontiers';
import { simulate } from '../../../machines/simulation/simulate';
import { rightOf } from '../../support/either';
import { ROOT } from '../../support/repository-root';
import { options } from '../../support/simulation';

const morning = rightOf(parseTrace('morning', readFileSync(join(ROOT, 'docs/examples/morning.csv'), 'utf8')));

it.each(FRONTIERS.map((frontier) => [`${frontier.policy} by ${frontier.parameter}`, frontier] as const))(
  '%s leads from tight to wide: each setting costs at least what the one before it costs',
  (_title, { points }) => {
    const costs = points.map(
      ({ policy }) => simulate(morning, policy, options({ noise: { cv: 0.2, seed: 1 } })).allocatedCoreSeconds,
    );
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(costs.at(-1)).toBeGreaterThan(costs[0]!);
  },
);

it('knows every setting by its name, and runs none twice', () => {
  const names = FRONTIERS.flatMap(({ points }) => points.map(({ policy }) => policy.name));
  expect(names.filter((name) => POLICIES_UNDER_TEST.get(name) === undefined)).toEqual([]);
  expect([...FRONTIER_POLICIES].sort()).toEqual([...new Set(names)].sort());
});

it('takes different policies under different names', () => {
  const settings = FRONTIERS.flatMap(({ points }) => points.map(({ policy }) => policy));
  expect(new Set(settings).size).toBe(FRONTIER_POLICIES.length);
});
