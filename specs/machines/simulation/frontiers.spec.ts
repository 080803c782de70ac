import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTrace } from '../../../adapters/tools/simulate/read-trace';
import { POLICIES_UNDER_TEST, FRONTIER_POLICIES } from '../../../machines/simulation/policies-under-test';
import { FRONTIERS, type FrontierPoint } from '../../../machines/simulation/frontiers';
import type { Measures } from '../../../machines/simulation/measures';
import { simulate } from '../../../machines/simulation/simulate';
import { rightOf } from '../../support/either';
import { ROOT } from '../../support/repository-root';
import { options } from '../../support/simulation';

const morning = rightOf(parseTrace('morning', readFileSync(join(ROOT, 'docs/examples/morning.csv'), 'utf8')));

const SEEDS = [1, 2, 3];

const runsOf = ({ policy }: FrontierPoint): readonly Measures[] =>
  SEEDS.map((seed) => simulate(morning, policy, options({ noise: { cv: 0.2, seed } })));

/** A setting may stand on several curves. */
const RUNS: ReadonlyMap<string, readonly Measures[]> = new Map(
  FRONTIERS.flatMap(({ points }) => points).map((point) => [point.policy.name, runsOf(point)]),
);

/** By setting, summed over what chance makes of the trace: of a single run it is not the setting that decides. */
const totals = (points: readonly FrontierPoint[], measure: (measures: Measures) => number): readonly number[] =>
  points.map(({ policy }) => (RUNS.get(policy.name) ?? []).reduce((sum, run) => sum + measure(run), 0));

it.each(FRONTIERS.map((frontier) => [`${frontier.policy} by ${frontier.parameter}`, frontier] as const))(
  '%s leads from tight to wide: each setting costs at least what the one before it costs',
  (_title, { points }) => {
    const costs = totals(points, ({ allocatedCoreSeconds }) => allocatedCoreSeconds);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(costs.at(-1)).toBeGreaterThan(costs[0]!);
  },
);

it.each(
  FRONTIERS.filter(({ policy }) => policy === 'headroom').map((frontier) => [frontier.parameter, frontier] as const),
)('the wide end of headroom by %s is short of less than its tight end', (_title, { points }) => {
  const short = totals(points, ({ cpuShortCoreSeconds }) => cpuShortCoreSeconds);
  expect(short.at(-1)).toBeLessThan(short[0]!);
});

it('has the preferences of the monitor in their order', () => {
  const { points } = FRONTIERS.find(({ parameter }) => parameter === 'prefer')!;
  expect(points.map(({ label }) => label)).toEqual(['cost', 'balanced', 'performance']);
});

it('knows every setting by its name, and runs none twice', () => {
  const names = FRONTIERS.flatMap(({ points }) => points.map(({ policy }) => policy.name));
  expect(names.filter((name) => POLICIES_UNDER_TEST.get(name) === undefined)).toEqual([]);
  expect([...FRONTIER_POLICIES].sort()).toEqual([...new Set(names)].sort());
});

it('takes different policies under different names', () => {
  const settings = FRONTIERS.flatMap(({ points }) => points.map(({ policy }) => policy));
  expect(new Set(settings).size).toBe(FRONTIER_POLICIES.length);
});
