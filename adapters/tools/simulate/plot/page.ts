/**
 * A plot as a page that stands alone and can be zoomed; on hover it shows the values and the notes in force. Drawn by
 * uPlot, whose code is copied into the page. uPlot wants x to rise, so plots with curves are for the picture only.
 */
import { BACKGROUND, TEXT_COLOUR } from './colours';
import { escaped, type Panel, type Plot, type PlotRow, type Series } from './plot';
import { plotScript, plotStyle } from './uplot-library';

/** JSON within a script element: "<" could end it. */
const embedded = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** More than a screen can show, and half as long as all digits; times tell a second of ten years. */
const VALUE_DIGITS = 6;
const X_DIGITS = 9;
const shortened =
  (digits: number) =>
  (value: number): number =>
    Number(value.toPrecision(digits));
const shortValue = shortened(VALUE_DIGITS);

/** At each x the value in force there; null before the first. */
const valuesAt = (xs: readonly number[], { points }: Series): readonly (number | null)[] => {
  let next = 0;
  return xs.map((x) => {
    while (next < points.length && (points[next]?.[0] ?? Infinity) <= x) next += 1;
    const value = points[next - 1]?.[1];
    return value === undefined ? null : shortValue(value);
  });
};

/** Columns as uPlot takes them: all x of all series, and the values of each series there. */
export const alignedColumns = (
  series: readonly Series[],
): readonly [readonly number[], ...(readonly (number | null)[])[]] => {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  return [xs.map(shortened(X_DIGITS)), ...series.map((one) => valuesAt(xs, one))];
};

const panelData = ({ x, y, series }: Panel) => ({
  x: x.label,
  y: y.label,
  series: series.map(({ name, colour, shape }) => ({
    label: name,
    stroke: colour,
    ...(shape === 'area' ? { fill: `${colour}44` } : {}),
  })),
  columns: alignedColumns(series),
});

const rowData = ({ title, panels, notes }: PlotRow) => ({ title, panels: panels.map(panelData), notes });

/** Runs in the browser. `rows` stands before it. */
const SCRIPT = `
const noteAt = (notes, x) => {
  let low = 0, high = notes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (notes[middle].x <= x) low = middle + 1; else high = middle;
  }
  return notes[low - 1];
};
const append = (name, text, className) => {
  const element = document.body.appendChild(document.createElement(name));
  element.textContent = text;
  element.className = className;
  return element;
};
const stepped = uPlot.paths.stepped({ align: 1 });
const draw = (panel, notes, noteElement) => new uPlot({
  width: innerWidth - 40, height: Math.max(200, innerHeight / 2 - 110),
  scales: { x: { time: false } },
  cursor: { sync: { key: uPlot.sync('rows').key } },
  axes: [{ label: panel.x }, { label: panel.y }],
  series: [{ label: panel.x }, ...panel.series.map((series) => ({ ...series, paths: stepped, points: { show: false } }))],
  hooks: { setCursor: [({ cursor, data }) => {
    const note = cursor.idx == null ? undefined : noteAt(notes, data[0][cursor.idx]);
    noteElement.textContent = note === undefined ? '' : note.text;
  }] },
}, panel.columns, document.body);
for (const row of rows) {
  append('h2', row.title, '');
  const noteElement = append('p', '', 'note');
  for (const panel of row.panels) draw(panel, row.notes, noteElement);
}
`;

export const plotPage = ({ title, rows }: Plot): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(title)}</title>
<style>${plotStyle()}
body { font: 14px sans-serif; margin: 12px 20px; background: ${BACKGROUND}; color: ${TEXT_COLOUR} }
h1 { font-size: 18px } h2 { font-size: 15px } .note { min-height: 2.6em }</style>
<h1>${escaped(title)}</h1>
<p>Hover for the reason of the decision in force; drag to zoom.</p>
<script>${plotScript()}</script>
<script>
const rows = ${embedded(rows.map(rowData))};
${SCRIPT}</script>
</html>
`;
