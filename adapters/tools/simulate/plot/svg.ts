/**
 * A plot as one static SVG picture: no script, nothing loaded, and an opaque background, so it looks the same on light and
 * dark pages. The same plot gives the same text.
 */
import { BACKGROUND } from './colours';
import { escaped, type Plot, type PlotRow, type Series } from './plot';
import { LETTER_WIDTH } from './svg-names';
import { dashAttribute, LEFT_MARGIN, panelText, text, X_AXIS_HEIGHT, xAxisText, type Box } from './svg-panel';

/** All lengths are pixels. */
const WIDTH = 960;
const RIGHT_MARGIN = 16;
const TITLE_BASELINE = 24;
const ROW_TITLE_HEIGHT = 24;
const BELOW_PANEL = 14;
/** Of all panels of a column, however few; and of each, however many there are. */
const COLUMN_HEIGHT = 310;
const LEAST_PANEL_HEIGHT = 84;

/** Of the legend: of a line of it, of a sample, and around names. */
const LEGEND = { lineHeight: 20, sampleWidth: 24, gap: 8 } as const;

const isNamedInLegend = ({ shape }: Series): boolean => shape !== 'mark';

/** Each name once. Marks bear their names themselves. */
const legendSeries = ({ rows }: Plot): readonly Series[] => {
  const all = rows.flatMap(({ panels }) => panels.flatMap(({ series }) => series)).filter(isNamedInLegend);
  return [...new Map(all.map((series) => [series.name, series])).values()];
};

interface LegendEntry {
  readonly series: Series;
  readonly x: number;
  readonly line: number;
}

/** From left to right, in as many lines as it takes. */
const legendEntries = (plot: Plot): readonly LegendEntry[] => {
  let [x, line] = [LEFT_MARGIN, 0];
  return legendSeries(plot).map((series) => {
    const width = LEGEND.sampleWidth + LEGEND.gap * 3 + series.name.length * LETTER_WIDTH;
    if (x > LEFT_MARGIN && x + width > WIDTH) [x, line] = [LEFT_MARGIN, line + 1];
    const entry = { series, x, line };
    x += width;
    return entry;
  });
};

const legendText = ({ series, x, line }: LegendEntry): string => {
  const middle = TITLE_BASELINE + (line + 1) * LEGEND.lineHeight - 4;
  const sample = `<path d="M${x} ${middle}h${LEGEND.sampleWidth}" stroke="${series.colour}" stroke-width="3"${dashAttribute(series)}/>`;
  return sample + text(series.name, x + LEGEND.sampleWidth + LEGEND.gap, middle + 4);
};

const headingText = ({ title, colour }: PlotRow, top: number): readonly string[] =>
  title === ''
    ? []
    : [
        `<path d="M${LEFT_MARGIN} ${top + 11}h16" stroke="${colour}" stroke-width="4"/>`,
        text(title, LEFT_MARGIN + 22, top + 15),
      ];

const boxOf = (column: number, columns: number, top: number, height: number): Box => {
  const width = WIDTH / columns;
  return { left: column * width + LEFT_MARGIN, top, width: width - LEFT_MARGIN - RIGHT_MARGIN, height };
};

/** Only the lowest row shows the x axes. */
const rowText = (plot: Plot, index: number, top: number, panelHeight: number): readonly string[] => {
  const row = plot.rows[index];
  if (row === undefined) return [];
  const isLowest = index === plot.rows.length - 1;
  const panels = row.panels.flatMap((panel, column) => {
    const box = boxOf(column, row.panels.length, top + ROW_TITLE_HEIGHT, panelHeight);
    return [...panelText(box, panel), ...(isLowest ? xAxisText(box, panel) : [])];
  });
  return [...headingText(row, top), ...panels];
};

export const plotSvg = (plot: Plot): string => {
  const legend = legendEntries(plot);
  const rowsTop = TITLE_BASELINE + ((legend.at(-1)?.line ?? -1) + 1) * LEGEND.lineHeight + BELOW_PANEL;
  const panelHeight = Math.max(LEAST_PANEL_HEIGHT, Math.round(COLUMN_HEIGHT / plot.rows.length));
  const rowHeight = ROW_TITLE_HEIGHT + panelHeight + BELOW_PANEL;
  const height = rowsTop + plot.rows.length * rowHeight + X_AXIS_HEIGHT - BELOW_PANEL;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img"` +
      ` font-family="sans-serif" font-size="12" fill="none">`,
    `<title>${escaped(plot.title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="${BACKGROUND}"/>`,
    text(plot.title, LEFT_MARGIN, TITLE_BASELINE - 4),
    ...legend.map(legendText),
    ...plot.rows.flatMap((_, index) => rowText(plot, index, rowsTop + index * rowHeight, panelHeight)),
    '</svg>',
  ].join('\n')}\n`;
};
