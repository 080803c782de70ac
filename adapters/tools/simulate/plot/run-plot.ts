/** One trace under policies: a row for each, with demand, size and shortage of CPU and of memory beside each other. */
import { GIB, SECOND_MS } from '../../../../machines/shared/units';
import type { Measures } from '../../../../machines/simulation/measures';
import type { SimulationOptions } from '../../../../machines/simulation/setting';
import { sizeAxis, timeAxis, timeUnit } from './axes';
import { DEMAND_MEAN_COLOUR, DEMAND_PEAK_COLOUR, policyColour, SHORTAGE_COLOUR } from './colours';
import type { Axis, Note, Panel, Plot, PlotRow, Series } from './plot';
import type { PlottedRun, SizeFrom } from './plotted-run';
import type { PlottedPoint } from './plotted-points';

export interface RunOfPolicy {
  readonly policy: string;
  readonly measures: Measures;
  readonly run: PlottedRun;
}

/** A resource, in the unit that its axis shows. */
interface Resource {
  readonly axis: string;
  readonly meanOf: (point: PlottedPoint) => number;
  readonly peakOf: (point: PlottedPoint) => number;
  readonly shortOf: (point: PlottedPoint) => number;
  readonly sizeOf: (size: { readonly cpu: number; readonly mem: number }) => number;
}

const RESOURCES: readonly Resource[] = [
  {
    axis: 'vCPUs',
    meanOf: ({ meanCores }) => meanCores,
    peakOf: ({ mostCores }) => mostCores,
    shortOf: ({ cpuShort }) => cpuShort,
    sizeOf: ({ cpu }) => cpu,
  },
  {
    axis: 'GiB',
    meanOf: ({ meanBytes }) => meanBytes / GIB,
    peakOf: ({ mostBytes }) => mostBytes / GIB,
    shortOf: ({ memShort }) => memShort / GIB,
    sizeOf: ({ mem }) => mem / GIB,
  },
];

/** When a trace was, and in which steps: the same for all runs of it. */
interface Time {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly stepSeconds: number;
  /** Where a time is on the axis. */
  readonly placeOf: (seconds: number) => number;
}

/** As machines/simulation/simulate.ts steps. */
const stepSecondsOf = ({ beatMs: intervalMs }: SimulationOptions): number =>
  1 / Math.max(1, Math.round(SECOND_MS / intervalMs));

const timeOf = ({ points }: PlottedRun, options: SimulationOptions): Time => {
  const stepSeconds = stepSecondsOf(options);
  const [first, last] = [points[0], points.at(-1)];
  const fromSeconds = first?.seconds ?? 0;
  const toSeconds = last === undefined ? 0 : last.seconds + last.steps * stepSeconds;
  const { seconds: unitSeconds } = timeUnit(toSeconds - fromSeconds);
  return { fromSeconds, toSeconds, stepSeconds, placeOf: (seconds) => (seconds - fromSeconds) / unitSeconds };
};

interface Value {
  readonly seconds: number;
  readonly value: number;
}

/** The last value holds to the end. */
const series = (time: Time, values: readonly Value[], look: Pick<Series, 'name' | 'colour' | 'shape'>): Series => {
  const ending = values.slice(-1).map(({ value }) => ({ seconds: time.toSeconds, value }));
  return {
    ...look,
    stroke: 'solid',
    points: [...values, ...ending].map(({ seconds, value }) => [time.placeOf(seconds), value]),
  };
};

const spanText = (seconds: number): string => {
  const unit = timeUnit(seconds);
  return `${Number((seconds / unit.seconds).toPrecision(3))} ${unit.symbol}`;
};

/** What each step brought; where a point stands for several, their peak or their mean. */
const stepSeries = (time: Time, { points, stepsPerPoint }: PlottedRun, resource: Resource): readonly Series[] => {
  const isMerged = stepsPerPoint > 1;
  const of = (
    valueOf: (point: PlottedPoint) => number,
    [name, merging]: readonly [name: string, merging: 'peak' | 'mean'],
    look: Pick<Series, 'colour' | 'shape'>,
  ): Series =>
    series(
      time,
      points.map((point) => ({ seconds: point.seconds, value: valueOf(point) })),
      { name: isMerged ? `${name}, ${merging} of ${spanText(stepsPerPoint * time.stepSeconds)}` : name, ...look },
    );
  const peak = of(resource.peakOf, ['demand', 'peak'], { colour: DEMAND_PEAK_COLOUR, shape: 'stepped' });
  return [
    of(resource.shortOf, ['shortage', 'peak'], { colour: SHORTAGE_COLOUR, shape: 'area' }),
    ...(isMerged ? [peak] : []),
    of(resource.meanOf, ['demand', 'mean'], { colour: DEMAND_MEAN_COLOUR, shape: 'stepped' }),
  ];
};

/** Each size, or where there are too many what the size was at the end of each point. */
const sizesOf = ({ sizes, points }: PlottedRun): readonly SizeFrom[] =>
  sizes ?? points.map(({ seconds, size }) => ({ seconds, ...size }));

const sizeSeries = (time: Time, { policy, run }: RunOfPolicy, { sizeOf }: Resource): Series => {
  const merged = run.sizes === null ? ` (at the end of each ${spanText(run.stepsPerPoint * time.stepSeconds)})` : '';
  return series(
    time,
    sizesOf(run).map((size) => ({ seconds: size.seconds, value: sizeOf(size) })),
    { name: `size, ${policy}${merged}`, colour: policyColour(policy), shape: 'stepped' },
  );
};

const panelOf =
  (time: Time, run: RunOfPolicy, axes: { readonly x: Axis; readonly y: readonly Axis[] }) =>
  (resource: Resource, index: number): Panel => ({
    x: axes.x,
    y: axes.y[index] ?? sizeAxis(resource.axis, 1, 1),
    series: [...stepSeries(time, run.run, resource), sizeSeries(time, run, resource)],
  });

/** What the policy did in all. */
const rowTitle = ({ policy, measures }: RunOfPolicy): string => {
  const { resizes, cpuShortCoreSeconds, memShortGibSeconds, durationSeconds } = measures;
  const mean = (total: number): string => (total / durationSeconds).toFixed(2);
  return `${policy}: ${[
    `${mean(measures.allocatedCoreSeconds)} vCPU and ${mean(measures.allocatedGibSeconds)} GiB on average`,
    `${resizes} resizes`,
    `short of ${cpuShortCoreSeconds.toFixed(0)} core-s and ${memShortGibSeconds.toFixed(0)} GiB-s`,
  ].join(', ')}`;
};

const notesOf = (time: Time, { run }: RunOfPolicy): readonly Note[] => {
  const notes = run.decisions.map(({ seconds, cpu, mem, reason }) => ({
    x: time.placeOf(seconds),
    text: `t ${seconds} s: ${cpu} vCPU, ${(mem / GIB).toFixed(2)} GiB desired: ${reason}`,
  }));
  const last = notes.at(-1);
  if (last === undefined || run.decided === notes.length) return notes;
  const leftOut = run.decided - notes.length + 1;
  return [...notes.slice(0, -1), { x: last.x, text: `the reasons of ${leftOut} decisions from here on are left out` }];
};

/** Up to so many rows there is room for more ticks. */
const HIGH_ROWS = 2;

/** To the largest size of all runs, so that the rows of a column have one scale. */
const sizeAxes = (runs: readonly RunOfPolicy[]): readonly Axis[] =>
  RESOURCES.map(({ axis, sizeOf }) => {
    const largest = runs.flatMap(({ run }) => sizesOf(run).map(sizeOf)).reduce((most, size) => Math.max(most, size), 0);
    return sizeAxis(axis, largest, runs.length > HIGH_ROWS ? 2 : 4);
  });

/** @param runs at least one, all of the same trace and under the same options */
export const runPlot = (title: string, runs: readonly RunOfPolicy[], options: SimulationOptions): Plot => {
  const y = sizeAxes(runs);
  const rows = runs.map((run): PlotRow => {
    const time = timeOf(run.run, options);
    const axes = { x: timeAxis(time.toSeconds - time.fromSeconds), y };
    return {
      title: rowTitle(run),
      colour: policyColour(run.policy),
      panels: RESOURCES.map(panelOf(time, run, axes)),
      notes: notesOf(time, run),
    };
  });
  return { title, rows };
};
