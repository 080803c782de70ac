/** docs/policies.md names every parameter of `headroom` with its default, every preference with its numbers, and the ladder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEADROOM_DEFAULTS, PREFERENCES } from '../../../../../machines/monitor/policies/headroom/parameters';
import { LADDER, leftAt, type Rung } from '../../../../../machines/monitor/memory/ladder';
import { formatBytes } from '../../../../../machines/shared/format';
import { GIB } from '../../../../../machines/shared/units';
import { ROOT } from '../../../../support/repository-root';

const TEXT = readFileSync(join(ROOT, 'docs/policies.md'), 'utf8');

/** The cells of the table that begins with this heading, without heading and rule. */
const tableOf = (heading: string): readonly (readonly string[])[] => {
  const [, after = ''] = TEXT.split(new RegExp(`^\\| ${heading} .*$`, 'm'));
  const [table = ''] = after.trimStart().split('\n\n');
  return table
    .split('\n')
    .slice(1)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
};

/** "210 000", "0.3", "1/16". */
const numberOf = (cell: string): number => {
  const [above = '', below = '1'] = cell.replaceAll(' ', '').split('/');
  return Number(above) / Number(below);
};

it('has the defaults of all parameters, in their order', () => {
  const [unitRow, ...rows] = tableOf('parameter');
  const shown = rows.map(([name = '', value = '']): [string, unknown] => [name, numberOf(value)]);
  expect(unitRow?.[0]).toBe('computeUnit');
  expect([['computeUnit', HEADROOM_DEFAULTS.computeUnit], ...shown]).toEqual(Object.entries(HEADROOM_DEFAULTS));
  expect(rows.filter(([, , unit, reason]) => unit === '' || reason === '')).toEqual([]);
});

it('says milliseconds of what is in milliseconds', () => {
  const units = tableOf('parameter').map(([name = '', , unit]) => [name, name.endsWith('Ms') === (unit === 'ms')]);
  expect(units.filter(([, agrees]) => !agrees)).toEqual([]);
});

it('has what each preference changes', () => {
  const rows = tableOf('`--prefer`');
  const shown = rows.map(([name, headroomDeviations = '', priceMs = '', cacheStallFraction = '']) => [
    name,
    {
      ...HEADROOM_DEFAULTS,
      headroomDeviations: numberOf(headroomDeviations),
      priceMs: numberOf(priceMs),
      cacheStallFraction: numberOf(cacheStallFraction),
    },
  ]);
  const all = Object.entries(PREFERENCES).map(([name, changes]) => [name, { ...HEADROOM_DEFAULTS, ...changes }]);
  expect(shown).toEqual(all);
});

it('has the rungs of the ladder, and what is left there of a small and of a large VM', () => {
  const [, , ...headings] = (/^\| left below .*$/m.exec(TEXT)?.[0] ?? '').split('|').map((cell) => cell.trim());
  const rungs: readonly Rung[] = ['recommended', 'approved', 'elevated', 'critical', 'throttle', 'cancel'];
  expect(Object.keys(LADDER)).toEqual(rungs);
  expect(headings.slice(0, -1)).toEqual(rungs);
  const rows = new Map(tableOf('left below').map(([size = '', ...cells]) => [size, cells]));
  expect(rows.get('share')).toEqual(Object.values(LADDER).map(String));
  for (const gib of [4, 64]) {
    expect(rows.get(`${gib} GiB`)).toEqual(rungs.map((rung) => formatBytes(leftAt(rung, gib * GIB))));
  }
});
