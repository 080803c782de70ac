/** What a plot may be written as, by the ending of the file's name. */
import { extname } from 'node:path';
import { plotPage } from './page';
import type { Plot } from './plot';
import type { PlotBounds } from './plotted-run';
import { plotSvg } from './svg';

export interface PlotFormat extends PlotBounds {
  readonly draw: (plot: Plot) => string;
}

/** The page can be zoomed: more points than a screen has pixels. A picture is read at the width of a page. */
const FORMATS: ReadonlyMap<string, PlotFormat> = new Map([
  ['.html', { mostPoints: 20_000, mostSizes: 50_000, draw: plotPage }],
  ['.svg', { mostPoints: 200, mostSizes: 1_000, draw: plotSvg }],
]);

/** undefined: there is no such format. */
export const plotFormat = (file: string): PlotFormat | undefined => FORMATS.get(extname(file));

export const PLOT_ENDINGS: readonly string[] = [...FORMATS.keys()];
