/** Where names stand beside their marks. All lengths are pixels. */

/** Of a letter at most, so that names keep apart in any font. */
export const LETTER_WIDTH = 7.2;

export interface Mark {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface PlacedName {
  readonly name: string;
  readonly x: number;
  readonly baseline: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

export interface Rectangle {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** From the mark to where the name begins, is centred or ends, by preference: above, right, left, below. */
const PLACES = [
  { dx: 0, dy: -7, anchor: 'middle' },
  { dx: 7, dy: 4, anchor: 'start' },
  { dx: -7, dy: 4, anchor: 'end' },
  { dx: 0, dy: 17, anchor: 'middle' },
] as const;

/** Share of a name's width that lies left of its x. */
const LEFT_SHARE = { start: 0, middle: 0.5, end: 1 } as const;
const ASCENT = 10;
const DESCENT = 3;

const rectangleOf = ({ name, x, baseline, anchor }: PlacedName): Rectangle => {
  const width = name.length * LETTER_WIDTH;
  const left = x - LEFT_SHARE[anchor] * width;
  return { left, right: left + width, top: baseline - ASCENT, bottom: baseline + DESCENT };
};

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const isWithin = (inner: Rectangle, outer: Rectangle): boolean =>
  inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;

/** Each name where it covers least of `obstacles` and of the names before it, within `bounds` if it can be. */
export const placeNames = (
  marks: readonly Mark[],
  obstacles: readonly Rectangle[],
  bounds: Rectangle,
): readonly PlacedName[] => {
  const taken = [...obstacles];
  return marks.map(({ name, x, y }) => {
    const places = PLACES.map(({ dx, dy, anchor }): PlacedName => ({ name, x: x + dx, baseline: y + dy, anchor }));
    const faults = places.map((place) => {
      const rectangle = rectangleOf(place);
      const covered = taken.filter((other) => overlap(rectangle, other)).length;
      return covered + (isWithin(rectangle, bounds) ? 0 : obstacles.length + marks.length);
    });
    const best = places[faults.indexOf(Math.min(...faults))] ?? { name, x, baseline: y, anchor: 'middle' };
    taken.push(rectangleOf(best));
    return best;
  });
};
