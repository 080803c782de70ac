/** A chart as SVG: drawn by Apache ECharts without a browser (https://echarts.apache.org/handbook/en/how-to/cross-platform/server). */
import { init, type EChartsOption } from 'echarts';

export interface Picture {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly option: EChartsOption;
}

/**
 * Makes the text half as long: an image has no use for masks around curves that stay inside, for what a mouse would
 * need and for fractions of a tenth of a pixel, and its one font can be named once.
 */
const SHORTER: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/<(defs|style) ?>[^]*?<\/\1>\n*/g, () => ''],
  [/ (class|clip-path|pointer-events|ecmeta_\w+|xmlns:xlink|baseProfile)="[^"]*"/g, () => ''],
  [
    / (d|transform)="[^"]*"/g,
    (place) => place.replace(/\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1)))),
  ],
  [/font-family:sans-serif;/g, () => ''],
  [/^<svg /, () => '<svg font-family="sans-serif" '],
  [/><\/(path|rect)>/g, () => '/>'],
];

/** The same picture gives the same text. */
export const toSvg = ({ width, height, option }: Picture): string => {
  const statechart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  // White in dark pages too: the colours are chosen for it.
  statechart.setOption({ animation: false, backgroundColor: '#ffffff', ...option });
  const svg = statechart.renderToSVGString();
  statechart.dispose();
  return `${SHORTER.reduce((text, [pattern, shorter]) => text.replace(pattern, shorter), svg)}\n`;
};
