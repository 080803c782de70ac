/** The picture of the frontier: cost against shortage, for CPU and for memory. */
import type { Score } from '../../machines/simulation/score';
import type { Curve } from './frontier';
import { colourOf, TEXT_COLOUR } from './style';
import type { Picture } from './svg';

const WIDTH = 960;
const HEIGHT = 480;
const PANEL = { top: 44, width: 380, height: 310 } as const;

interface Panel {
  readonly resource: 'cpu' | 'memory';
  readonly name: string;
  readonly left: number;
  readonly costOf: (score: Score) => number | null;
  readonly shortOf: (score: Score) => number | null;
}

const PANELS: readonly Panel[] = [
  { resource: 'cpu', name: 'CPU', left: 80, costOf: ({ cpuCost }) => cpuCost, shortOf: ({ cpuShort }) => cpuShort },
  {
    resource: 'memory',
    name: 'memory',
    left: 560,
    costOf: ({ memCost }) => memCost,
    shortOf: ({ memShort }) => memShort,
  },
];

const KEY = 'ratios to goal-cu, means over families of traces: the lower and the further to the left, the better';

/** A ratio as "1/100": so many times less than the yardstick's. */
export const ratioLabel = (ratio: number): string => (ratio < 1 ? `1/${Math.round(1 / ratio)}` : String(ratio));

type Place = [cost: number, short: number];

/** Where the curve's points are; those of which the traces say nothing are left out. */
const placesOf = ({ scores }: Curve, { costOf, shortOf }: Panel): Place[] =>
  scores.flatMap((score): Place[] => {
    const [cost, short] = [costOf(score), shortOf(score)];
    return cost === null || short === null ? [] : [[cost, short]];
  });

const isAlone = ({ scores }: Curve): boolean => scores.length === 1;

/** A curve of what both resources share is dashed: it is told from its policy's other one. */
const lineStyle = ({ policy, resource }: Curve) => ({
  color: colourOf(policy),
  width: 1.5,
  type: resource === null && policy === 'headroom' ? ('dashed' as const) : ('solid' as const),
});

const seriesOf = (curve: Curve, panel: Panel, index: number) => ({
  type: 'line' as const,
  name: curve.title,
  xAxisIndex: index,
  yAxisIndex: index,
  silent: true,
  symbol: 'circle',
  symbolSize: isAlone(curve) ? 7 : 5,
  itemStyle: { color: colourOf(curve.policy) },
  lineStyle: lineStyle(curve),
  label: {
    show: isAlone(curve),
    formatter: curve.title,
    position: 'top' as const,
    distance: 3,
    fontSize: 11,
    color: colourOf(curve.policy),
    // Where it lies on a line.
    textBorderColor: '#ffffff',
    textBorderWidth: 2,
  },
  data: placesOf(curve, panel),
});

const costAxis = ({ name }: Panel, gridIndex: number) => ({
  type: 'value' as const,
  gridIndex,
  scale: true,
  name: `cost of ${name}`,
  nameLocation: 'middle' as const,
  nameGap: 28,
});

const shortAxis = ({ name }: Panel, gridIndex: number) => ({
  type: 'log' as const,
  gridIndex,
  name: `short of ${name}`,
  nameLocation: 'middle' as const,
  nameGap: 56,
  axisLabel: { formatter: ratioLabel },
});

/** Two panels: CPU, and memory where any trace knows it. */
export const frontierPicture = (curves: readonly Curve[]): Picture => ({
  width: WIDTH,
  height: HEIGHT,
  option: {
    title: {
      text: KEY,
      left: 80,
      top: 14,
      padding: 0,
      textStyle: { fontSize: 12, fontWeight: 'normal', color: TEXT_COLOUR },
    },
    legend: {
      data: curves.filter((curve) => !isAlone(curve)).map(({ title }) => title),
      // Two rows, with room for letters that are wider than was guessed.
      width: 660,
      bottom: 8,
      itemGap: 30,
      itemWidth: 40,
    },
    grid: PANELS.map(({ left }) => ({ ...PANEL, left })),
    xAxis: PANELS.map(costAxis),
    yAxis: PANELS.map(shortAxis),
    series: PANELS.flatMap((panel, index) =>
      curves
        .filter(({ resource }) => resource === null || resource === panel.resource)
        .map((curve) => seriesOf(curve, panel, index)),
    ),
  },
});
