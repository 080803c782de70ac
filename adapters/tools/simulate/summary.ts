/** What people see after a simulation: totals for each policy, and the same by family. */
import { addMeasures, noMeasures, type Measures } from '../../../machines/simulation/measures';
import { familyOf, type Result } from '../../../machines/simulation/score';
import { plainTable, type Table } from './table';

const HEAD = ['', 'cpu short core-s', 'mem short GiB-s', 'core-h', 'used', 'GiB-h', 'used', 'resizes'];

const HOUR_SECONDS = 3600;
const whole = (value: number): string => value.toFixed(0);
/** Small shortages matter, large ones need no digits. */
const short = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

const cells = (title: string, measures: Measures): readonly string[] => [
  title,
  short(measures.cpuShortCoreSeconds),
  short(measures.memShortGibSeconds),
  whole(measures.allocatedCoreSeconds / HOUR_SECONDS),
  whole(measures.usedCoreSeconds / HOUR_SECONDS),
  whole(measures.allocatedGibSeconds / HOUR_SECONDS),
  whole(measures.usedGibSeconds / HOUR_SECONDS),
  whole(measures.resizes),
];

/** Sums by a key of the result, in order of appearance. */
const sumBy = (results: readonly Result[], keyOf: (result: Result) => string): ReadonlyMap<string, Measures> =>
  results.reduce(
    (sums, result) => sums.set(keyOf(result), addMeasures(sums.get(keyOf(result)) ?? noMeasures(), result.measures)),
    new Map<string, Measures>(),
  );

const tableOf = (title: string, sums: ReadonlyMap<string, Measures>): Table => ({
  head: [title, ...HEAD.slice(1)],
  rows: [...sums].map(([name, measures]) => cells(name, measures)),
});

export const summary = (results: readonly Result[]): string => {
  const families = [...new Set(results.map(({ trace }) => familyOf(trace)))];
  const totals = tableOf(
    'all traces',
    sumBy(results, ({ policy }) => policy),
  );
  const parts = families.map((family) =>
    tableOf(
      family,
      sumBy(
        results.filter(({ trace }) => familyOf(trace) === family),
        ({ policy }) => policy,
      ),
    ),
  );
  return [totals, ...(families.length > 1 ? parts : [])].map(plainTable).join('\n');
};
