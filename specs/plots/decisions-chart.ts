/** The picture of decisions: a row for each policy, CPU and memory beside each other. */
import { GIB } from '../../machines/shared/units';
import type { Decider, Decisions, SizeFrom } from './decisions';
import type { DemandPoint } from './demand-bins';
import { colourOf, DEMAND_COLOUR, FLUTTER_COLOUR, TEXT_COLOUR } from './style';
import type { Picture } from './svg';

const WIDTH = 960;
const FIRST_ROW_TOP = 44;
/** Of a row: its heading and its panels. */
const ROW_HEIGHT = 124;
const PANEL = { top: 22, width: 410, height: 84 } as const;
const BELOW_ROWS = 30;
/** Of the figures in a heading, right of the policy's name. */
const FIGURES_LEFT = 150;

type Point = readonly [hours: number, value: number];

interface DemandCurve {
  readonly colour: string;
  readonly of: (point: DemandPoint) => number;
}

interface Column {
  readonly axis: string;
  readonly left: number;
  /** The later ones lie on top. */
  readonly demand: readonly DemandCurve[];
  readonly sizeOf: (size: SizeFrom) => number;
}

const COLUMNS: readonly Column[] = [
  {
    axis: 'vCPUs',
    left: 50,
    demand: [
      { colour: FLUTTER_COLOUR, of: ({ mostCores }) => mostCores },
      { colour: DEMAND_COLOUR, of: ({ meanCores }) => meanCores },
    ],
    sizeOf: ({ cpu }) => cpu,
  },
  {
    axis: 'GiB',
    left: 530,
    demand: [{ colour: DEMAND_COLOUR, of: ({ meanBytes }) => meanBytes / GIB }],
    sizeOf: ({ mem }) => mem / GIB,
  },
];

/** One column of one row. */
interface Panel {
  readonly decider: Decider;
  readonly column: Column;
  readonly row: number;
}

const HOUR_SECONDS = 3600;

/** Where a time is on the axis. */
const hoursIn =
  ({ fromSeconds }: Decisions) =>
  (seconds: number): number =>
    (seconds - fromSeconds) / HOUR_SECONDS;

const demandPoints = (decisions: Decisions, { of }: DemandCurve): readonly Point[] => {
  const hours = hoursIn(decisions);
  return decisions.demand.map((point) => [hours(point.seconds), of(point)]);
};

/** The last size holds to the end. */
const sizePoints = (decisions: Decisions, { decider, column }: Panel): readonly Point[] => {
  const hours = hoursIn(decisions);
  const points = decider.sizes.map((size): Point => [hours(size.seconds), column.sizeOf(size)]);
  return [...points, ...points.slice(-1).map(([, value]): Point => [hours(decisions.toSeconds), value])];
};

const line = (panel: number, color: string, width: number, data: readonly Point[]) => ({
  type: 'line' as const,
  xAxisIndex: panel,
  yAxisIndex: panel,
  showSymbol: false,
  silent: true,
  lineStyle: { color, width },
  data: data.map((point) => [...point]),
});

const seriesOf = (decisions: Decisions, panel: Panel, index: number) => [
  ...panel.column.demand.map((curve) => line(index, curve.colour, 1, demandPoints(decisions, curve))),
  {
    ...line(index, colourOf(panel.decider.policy), 1.5, sizePoints(decisions, panel)),
    step: 'end' as const,
  },
];

const rowTop = (row: number): number => FIRST_ROW_TOP + row * ROW_HEIGHT;

/** What the policy did. */
const figures = ({ measures }: Decider): string => {
  const { resizes, cpuShortCoreSeconds, memShortGibSeconds, allocatedCoreSeconds, durationSeconds } = measures;
  return [
    `${(allocatedCoreSeconds / durationSeconds).toFixed(2)} vCPUs on average`,
    `${resizes} resizes`,
    `short of ${cpuShortCoreSeconds.toFixed(0)} core-s and ${memShortGibSeconds.toFixed(0)} GiB-s`,
  ].join(', ');
};

const text = (words: string, left: number, top: number) => ({
  text: words,
  left,
  top,
  padding: 0,
  textStyle: { fontSize: 12, fontWeight: 'normal' as const, color: TEXT_COLOUR },
});

const policyName = (policy: string, top: number) => ({
  ...text(policy, COLUMNS[0]?.left ?? 0, top),
  textStyle: { fontSize: 13, fontWeight: 'bold' as const, color: colourOf(policy) },
});

const headings = ({ deciders, binSeconds }: Decisions) => [
  text(
    `grey: demand, means of ${binSeconds.toFixed(0)} s (light grey: their busiest second); coloured: the size of the VM`,
    COLUMNS[0]?.left ?? 0,
    14,
  ),
  ...deciders.flatMap((decider, row) => [
    policyName(decider.policy, rowTop(row)),
    text(figures(decider), FIGURES_LEFT, rowTop(row)),
  ]),
];

/** Only the lowest row tells the time. */
const timeAxis = (decisions: Decisions, { row }: Panel, gridIndex: number) => {
  const isLowest = row === decisions.deciders.length - 1;
  return {
    type: 'value' as const,
    gridIndex,
    max: hoursIn(decisions)(decisions.toSeconds),
    name: isLowest ? 'hours' : '',
    nameLocation: 'middle' as const,
    nameGap: 24,
    axisLabel: { show: isLowest },
    axisTick: { show: isLowest },
    splitLine: { show: false },
  };
};

/** To the largest size of any policy, so that all rows of a column have one scale. */
const sizeAxis = ({ deciders }: Decisions, { column }: Panel, gridIndex: number) => {
  const max = Math.max(...deciders.flatMap(({ sizes }) => sizes.map(column.sizeOf)));
  return {
    type: 'value' as const,
    gridIndex,
    max,
    interval: max / 2,
    axisTick: { show: false },
    name: column.axis,
    nameLocation: 'middle' as const,
    nameGap: 28,
  };
};

/** As high as it has policies. */
export const decisionsPicture = (decisions: Decisions): Picture => {
  const { deciders } = decisions;
  const panels = deciders.flatMap((decider, row) => COLUMNS.map((column): Panel => ({ decider, column, row })));
  return {
    width: WIDTH,
    height: rowTop(deciders.length) + BELOW_ROWS,
    option: {
      title: headings(decisions),
      grid: panels.map(({ column: { left }, row }) => ({ ...PANEL, left, top: rowTop(row) + PANEL.top })),
      xAxis: panels.map((panel, index) => timeAxis(decisions, panel, index)),
      yAxis: panels.map((panel, index) => sizeAxis(decisions, panel, index)),
      series: panels.flatMap((panel, index) => seriesOf(decisions, panel, index)),
    },
  };
};
