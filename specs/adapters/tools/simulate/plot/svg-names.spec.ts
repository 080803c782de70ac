import { placeNames } from '../../../../../adapters/tools/simulate/plot/svg-names';

const BOUNDS = { left: 0, right: 400, top: 0, bottom: 300 };
const around = (x: number, y: number) => ({ left: x - 3, right: x + 3, top: y - 3, bottom: y + 3 });
const mark = (name: string, x: number, y: number) => ({ name, x, y });

it.each([
  ['above, where nothing is in the way', 200, 150, [], { x: 200, baseline: 143, anchor: 'middle' }],
  ['to the right, where something is above', 200, 150, [[200, 138]], { x: 207, baseline: 154, anchor: 'start' }],
  ['to the right, at the left edge', 1, 150, [], { x: 8, baseline: 154, anchor: 'start' }],
  ['to the left, at the right edge', 399, 150, [], { x: 392, baseline: 154, anchor: 'end' }],
  [
    'below, where all else is taken',
    200,
    150,
    [
      [200, 138],
      [220, 150],
      [180, 150],
    ],
    { x: 200, baseline: 167, anchor: 'middle' },
  ],
] as const)('a name stands %s', (_, x, y, dots, place) => {
  const obstacles = dots.map(([left, top]) => around(left, top));
  expect(placeNames([mark('name', x, y)], obstacles, BOUNDS)).toEqual([{ name: 'name', ...place }]);
});

it('names of marks close together keep apart', () => {
  const [first, second] = placeNames([mark('first', 200, 150), mark('second', 205, 148)], [], BOUNDS);
  expect(first).toMatchObject({ baseline: 143, anchor: 'middle' });
  expect(second).toMatchObject({ x: 205, baseline: 165, anchor: 'middle' });
});

it('stays within the bounds rather than off the dots', () => {
  const dots = [around(15, 150), around(8, 150)];
  expect(placeNames([mark('a longer name', 1, 150)], dots, BOUNDS)).toMatchObject([{ x: 8, anchor: 'start' }]);
});
