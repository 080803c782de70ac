import { leaveOneOut } from '../../../machines/simulation/left-out';
import { noMeasures } from '../../../machines/simulation/measures';
import { APART, type FamilyScore, type Score, type ScoredRun } from '../../../machines/simulation/score';

const EVEN: Score = { cpuShort: 1, memShort: 1, cpuCost: 1, memCost: 1, resizes: 1 };

const family = (name: string, differences: Partial<FamilyScore>): FamilyScore => ({
  family: name,
  traces: 1,
  days: 1,
  measures: noMeasures(),
  yardstick: noMeasures(),
  ...EVEN,
  cpuShort: 1,
  ...differences,
});

/** A setting with its cost of CPU by family. */
const run = (policy: string, costs: Readonly<Record<string, number>>): ScoredRun => ({
  policy,
  families: Object.entries(costs).map(([name, cpuCost]) => family(name, { cpuCost })),
});

/** Two families, of which the one that is left out has no say: the other decides for it. */
const chosenBy = (one: Partial<FamilyScore>, other: Partial<FamilyScore>): string | undefined =>
  leaveOneOut([
    { policy: 'one', families: [family('judge', one), family('left', {})] },
    { policy: 'other', families: [family('judge', other), family('left', {})] },
  ]).find(({ family: name }) => name === 'left')?.chosen;

it('scores each family under what the others choose, whatever is best for itself', () => {
  const runs = [run('tight', { a: 0.5, b: 0.9, c: 0.9 }), run('wide', { a: 2, b: 0.8, c: 0.8 })];
  expect(leaveOneOut(runs).map(({ family: name, chosen, score }) => [name, chosen, score.cpuCost])).toEqual([
    ['a', 'wide', 2],
    ['b', 'tight', 0.9],
    ['c', 'tight', 0.9],
  ]);
});

it('takes the first of equals', () => {
  expect(chosenBy({}, {})).toBe('one');
});

it.each<[string, Partial<FamilyScore>, Partial<FamilyScore>]>([
  ['a tenth of the shortage of CPU', { cpuShort: 0.1, cpuCost: 1.029 }, {}],
  ['a tenth of the shortage of memory', { memShort: 0.1, memCost: 1.029 }, {}],
  ['a tenth of the resizes', { resizes: 0.1, cpuCost: 1.029 }, {}],
])('takes %s for 3 %% more cost, and no more', (_, better, worse) => {
  expect(chosenBy(worse, better)).toBe('other');
  const dearer = Object.fromEntries(
    Object.entries(better).map(([key, value]) => [key, typeof value === 'number' && value > 1 ? 1.032 : value]),
  );
  expect(chosenBy(worse, dearer)).toBe('one');
});

it('counts for nothing what no family measures', () => {
  expect(chosenBy({ memShort: null, memCost: null, resizes: null }, { cpuCost: 0.99 })).toBe('other');
});

it('leaves those out that are reported apart, and has nothing to say of no runs', () => {
  const [apart = ''] = [...APART];
  expect(leaveOneOut([run('p', { a: 1, b: 1, [apart]: 1 })]).map(({ family: name }) => name)).toEqual(['a', 'b']);
  expect(leaveOneOut([])).toEqual([]);
});
