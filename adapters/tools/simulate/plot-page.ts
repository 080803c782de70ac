/**
 * A page that stands alone: demand, size and shortages of a run, and on hover the decision in force with
 * its reason. Drawn by uPlot, whose code is copied into the page.
 */
import { GIB } from '../../../machines/shared/units';
import { plotScript, plotStyle } from './plot-library';
import type { PlotPoint } from './plot-points';

export interface PlotDecision {
  readonly seconds: number;
  readonly cpu: number;
  readonly mem: number;
  readonly reason: string;
}

export interface Plot {
  readonly title: string;
  readonly points: readonly PlotPoint[];
  readonly decisions: readonly PlotDecision[];
  /** How many there were; the page says when not all are kept. */
  readonly decided: number;
}

/** JSON within a script element: "<" could end it. */
const embedded = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const columns = (points: readonly PlotPoint[]) => {
  const of = (value: (point: PlotPoint) => number): readonly number[] =>
    points.map((point) => Number(value(point).toPrecision(6)));
  const seconds = points.map((point) => point.seconds);
  return {
    cpu: [seconds, of((p) => p.cpuCores), of((p) => p.cpuSize), of((p) => p.cpuShort)],
    mem: [seconds, of((p) => p.memBytes / GIB), of((p) => p.memSize / GIB), of((p) => p.memShort / GIB)],
  };
};

/** Runs in the browser. `data` and `decisions` stand before it. */
const SCRIPT = `
const reason = document.getElementById('reason');
const decisionAt = (seconds) => {
  let low = 0, high = decisions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (decisions[middle].seconds <= seconds) low = middle + 1; else high = middle;
  }
  return decisions[low - 1];
};
const tell = (plot) => {
  const { idx } = plot.cursor;
  const found = idx == null ? undefined : decisionAt(plot.data[0][idx]);
  reason.textContent = found === undefined ? '' :
    't ' + found.seconds + ' s: ' + found.cpu + ' vCPU, ' + (found.mem / 2 ** 30).toFixed(2) + ' GiB requested: ' + found.reason;
};
const sync = uPlot.sync('run');
const draw = (title, unit, columns) => new uPlot({
  title, width: innerWidth - 40, height: Math.max(240, innerHeight / 2 - 90),
  scales: { x: { time: false } },
  cursor: { sync: { key: sync.key } },
  axes: [{ label: 'seconds of the trace' }, { label: unit }],
  series: [{ label: 't' },
    { label: 'demand', stroke: '#1f77b4' },
    { label: 'size', stroke: '#2ca02c', paths: uPlot.paths.stepped({ align: 1 }) },
    { label: 'short', stroke: '#d62728', fill: '#d6272844' }],
  hooks: { setCursor: [tell] },
}, columns, document.body);
draw('CPU', 'cores', data.cpu);
draw('memory', 'GiB', data.mem);
`;

export const plotPage = ({ title, points, decisions, decided }: Plot): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(title)}</title>
<style>${plotStyle()}
body { font: 14px sans-serif; margin: 12px 20px } #reason { min-height: 2.6em }</style>
<h1 style="font-size: 18px">${escaped(title)}</h1>
<p>${decided} decisions${decided > decisions.length ? `; reasons of the first ${decisions.length}` : ''}. Hover for the reason; drag to zoom.</p>
<div id="reason"></div>
<script>${plotScript()}</script>
<script>
const data = ${embedded(columns(points))};
const decisions = ${embedded(decisions)};
${SCRIPT}</script>
</html>
`;
