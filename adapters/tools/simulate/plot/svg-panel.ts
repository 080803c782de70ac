/** One panel of a picture as SVG: axes, series. All lengths are pixels. */
import { BACKGROUND, GRID_COLOUR, TEXT_COLOUR } from './colours';
import { escaped, type Axis, type Panel, type Point, type Series, type Shape, type Stroke } from './plot';
import { placeNames, type Rectangle } from './svg-names';

/** Left of a panel: room for tick texts and the label of the y axis. */
export const LEFT_MARGIN = 72;
/** Below the lowest panel: room for tick texts and the label of the x axis. */
export const X_AXIS_HEIGHT = 44;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const pixels = (value: number): number => Math.round(value * 10) / 10;

export const text = (words: string, x: number, y: number, look = ''): string =>
  `<text x="${pixels(x)}" y="${pixels(y)}" fill="${TEXT_COLOUR}"${look}>${escaped(words)}</text>`;
const line = (path: string, colour: string): string => `<path d="${path}" stroke="${colour}"/>`;

const SCALES: Readonly<Record<Axis['scale'], (value: number) => number>> = {
  linear: (value) => value,
  log: Math.log10,
};

/** Where a value lies between the ends of the axis, 0 to 1. What lies beyond is drawn at the end. */
const share = ({ scale, min, max }: Axis, value: number): number => {
  const at = SCALES[scale];
  const span = at(max) - at(min);
  return span === 0 ? 0 : Math.min(1, Math.max(0, (at(value) - at(min)) / span));
};

type Placed = readonly (readonly [x: number, y: number])[];

const placeX = (box: Box, axis: Axis, value: number): number => pixels(box.left + share(axis, value) * box.width);
const placeY = (box: Box, axis: Axis, value: number): number => pixels(box.top + (1 - share(axis, value)) * box.height);
const placed = (box: Box, { x, y }: Panel, points: readonly Point[]): Placed =>
  points.map((point) => [placeX(box, x, point[0]), placeY(box, y, point[1])]);

/** To each point's x at the value before, then to its own value. What does not change needs no word. */
const steps = (points: Placed): string =>
  points
    .flatMap(([x, y], i) => {
      const before = points[i - 1];
      if (before === undefined) return [`M${x} ${y}`];
      if (i + 1 < points.length && before[1] === y) return [];
      return [`H${x}`, ...(before[1] === y ? [] : [`V${y}`])];
    })
    .join('');

const straight = (points: Placed): string => points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');

const dots = (points: Placed, colour: string, radius: number): string =>
  points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="${radius}" fill="${colour}" stroke="none"/>`).join('');

const MARK_RADIUS = 3.5;
const CURVE_POINT_RADIUS = 2.5;

const DASHES: Readonly<Record<Stroke, string>> = {
  solid: '',
  dashed: ' stroke-dasharray="6 3"',
  dotted: ' stroke-dasharray="2 3"',
};

export const dashAttribute = ({ stroke }: Series): string => DASHES[stroke];

const strokeAttributes = (series: Series): string =>
  `stroke="${series.colour}" stroke-width="1.5"${dashAttribute(series)}`;

const SHAPES: Readonly<Record<Shape, (points: Placed, series: Series, box: Box) => string>> = {
  stepped: (points, series) => `<path d="${steps(points)}" ${strokeAttributes(series)}/>`,
  area: (points, { colour }, box) =>
    `<path d="${steps(points)}V${box.top + box.height}H${points[0]?.[0] ?? 0}Z" fill="${colour}" fill-opacity="0.4" stroke="none"/>`,
  curve: (points, series) =>
    `<path d="${straight(points)}" ${strokeAttributes(series)}/>${dots(points, series.colour, CURVE_POINT_RADIUS)}`,
  mark: (points, { colour }) => dots(points, colour, MARK_RADIUS),
};

const seriesText = (box: Box, panel: Panel, series: Series): string =>
  series.points.length === 0
    ? ''
    : `<g><title>${escaped(series.name)}</title>${SHAPES[series.shape](placed(box, panel, series.points), series, box)}</g>`;

/** Names keep off what is marked by a dot. Steps and areas have no marks beside them. */
const dotsOf = (box: Box, panel: Panel): readonly Rectangle[] =>
  panel.series
    .filter(({ shape }) => shape === 'mark' || shape === 'curve')
    .flatMap(({ points }) => placed(box, panel, points))
    .map(([x, y]) => ({
      left: x - MARK_RADIUS,
      right: x + MARK_RADIUS,
      top: y - MARK_RADIUS,
      bottom: y + MARK_RADIUS,
    }));

/** Legible also where a name lies on a line. */
const HALO = `stroke="${BACKGROUND}" stroke-width="3" paint-order="stroke"`;

const namesText = (box: Box, panel: Panel): readonly string[] => {
  const marks = panel.series
    .filter(({ shape }) => shape === 'mark')
    .flatMap(({ name, points }) => placed(box, panel, points).map(([x, y]) => ({ name, x, y })));
  const bounds = { left: box.left, right: box.left + box.width, top: box.top, bottom: box.top + box.height };
  return placeNames(marks, dotsOf(box, panel), bounds).map(({ name, x, baseline, anchor }) =>
    text(name, x, baseline, ` text-anchor="${anchor}" ${HALO}`),
  );
};

/** Grid and texts of the y axis. */
const yAxisText = (box: Box, { y }: Panel): readonly string[] => {
  const ticks = y.ticks.flatMap(({ at, text: words }) => {
    const place = placeY(box, y, at);
    return [
      line(`M${box.left} ${place}h${box.width}`, GRID_COLOUR),
      text(words, box.left - 6, place + 4, ' text-anchor="end"'),
    ];
  });
  const [x, middle] = [box.left - LEFT_MARGIN + 14, pixels(box.top + box.height / 2)];
  return [...ticks, text(y.label, x, middle, ` text-anchor="middle" transform="rotate(-90 ${x} ${middle})"`)];
};

/** Below the panel. */
export const xAxisText = (box: Box, { x }: Panel): readonly string[] => {
  const bottom = box.top + box.height;
  return [
    ...x.ticks.flatMap(({ at, text: words }) => {
      const place = placeX(box, x, at);
      return [line(`M${place} ${bottom}v5`, TEXT_COLOUR), text(words, place, bottom + 18, ' text-anchor="middle"')];
    }),
    text(x.label, box.left + box.width / 2, bottom + 36, ' text-anchor="middle"'),
  ];
};

/** The panel without its x axis, which panels below each other share. */
export const panelText = (box: Box, panel: Panel): readonly string[] => [
  ...yAxisText(box, panel),
  ...panel.series.map((series) => seriesText(box, panel, series)),
  ...namesText(box, panel),
  line(`M${box.left} ${box.top}v${box.height}h${box.width}`, TEXT_COLOUR),
];
