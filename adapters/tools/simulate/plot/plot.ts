/** What a plot shows, whoever draws it: svg.ts as a picture, page.ts as an interactive page. */

/** In the units of the panel's axes. */
export type Point = readonly [x: number, y: number];

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface Axis {
  /** What it shows, with the unit. */
  readonly label: string;
  readonly scale: 'linear' | 'log';
  readonly min: number;
  readonly max: number;
  /** Of the picture. The page can be zoomed, so it makes its own. */
  readonly ticks: readonly Tick[];
}

/**
 * How points become visible. stepped: a line that keeps each value until the next point; area: the same, filled down to
 * the axis; curve: straight lines between marked points; mark: a single point with its name beside it.
 */
export type Shape = 'stepped' | 'area' | 'curve' | 'mark';

export type Stroke = 'solid' | 'dashed' | 'dotted';

export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly shape: Shape;
  readonly stroke: Stroke;
  readonly points: readonly Point[];
}

export interface Panel {
  readonly x: Axis;
  readonly y: Axis;
  /** The later ones lie on top. */
  readonly series: readonly Series[];
}

/** A text that holds from x on, until the next one. */
export interface Note {
  readonly x: number;
  readonly text: string;
}

/** Panels beside each other. */
export interface PlotRow {
  readonly title: string;
  /** Of the mark before the title. */
  readonly colour: string;
  readonly panels: readonly Panel[];
  /** Only the page shows them: those in force under the cursor. In order of x. */
  readonly notes: readonly Note[];
}

export interface Plot {
  readonly title: string;
  /** At least one. Panels below each other share the x axis. */
  readonly rows: readonly PlotRow[];
}

/** Text within XML or HTML, in attributes too. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
