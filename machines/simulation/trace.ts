/** A usage trace of one VM: what it used, row by row, and what that says about the simulated VM's bounds. */
import type { Size } from '../shared/events/size';
import { unitsUp } from '../shared/sizing';

/** One row of a trace. `null` is unknown, not zero. */
export interface TraceRow {
  readonly seconds: number;
  readonly cpuCores: number | null;
  readonly memBytes: number | null;
  readonly cpuCapacityCores: number | null;
  readonly memCapacityBytes: number | null;
}

/** Columns of equal length; what is unknown holds the last known value, 0 before the first. */
export interface Trace {
  /** File name without .csv: it seeds the noise and names the family. */
  readonly name: string;
  /** Strictly increasing. */
  readonly seconds: Float64Array;
  readonly cpuCores: Float64Array;
  readonly memBytes: Float64Array;
  /** The largest capacity of any row; null when no row knows it. */
  readonly cpuCapacityCores: number | null;
  readonly memCapacityBytes: number | null;
  readonly medianIntervalSeconds: number;
}

/** An interval longer than this many medians is a gap in the recording: it is left out. */
const GAP_MEDIANS = 5;
/** A trace without capacity was recorded on something at least this much larger than its peak. */
const UNKNOWN_CAPACITY_FACTOR = 1.2;

const held = (rows: readonly TraceRow[], of: (row: TraceRow) => number | null): Float64Array => {
  const column = new Float64Array(rows.length);
  let last = 0;
  rows.forEach((row, i) => {
    last = of(row) ?? last;
    column[i] = last;
  });
  return column;
};

const largest = (rows: readonly TraceRow[], of: (row: TraceRow) => number | null): number | null =>
  rows.reduce<number | null>((most, row) => {
    const value = of(row);
    return value !== null && (most === null || value > most) ? value : most;
  }, null);

const median = (values: Float64Array): number => {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};

/** `rows`: strictly increasing in time. */
export const traceOf = (name: string, rows: readonly TraceRow[]): Trace => {
  const seconds = held(rows, (row) => row.seconds);
  const intervals = seconds.subarray(1).map((at, i) => at - (seconds[i] ?? at));
  return {
    name,
    seconds,
    cpuCores: held(rows, (row) => row.cpuCores),
    memBytes: held(rows, (row) => row.memBytes),
    cpuCapacityCores: largest(rows, (row) => row.cpuCapacityCores),
    memCapacityBytes: largest(rows, (row) => row.memCapacityBytes),
    medianIntervalSeconds: median(intervals),
  };
};

/** How long a row holds: until the next one. The last row has no duration. */
export const rowSeconds = ({ seconds }: Trace, row: number): number =>
  row + 1 < seconds.length ? (seconds[row + 1] ?? 0) - (seconds[row] ?? 0) : 0;

/** The row's interval is a gap in the recording. */
export const isGap = (trace: Trace, row: number): boolean =>
  rowSeconds(trace, row) > GAP_MEDIANS * trace.medianIntervalSeconds;

/** A loop, because traces are longer than the most arguments of a call. */
const peak = (column: Float64Array): number => column.reduce((most, value) => Math.max(most, value), 0);

/** The fewest whole units that hold the trace's capacity in both resources; at least one. */
export const capacityUnits = (trace: Trace, unit: Size): number => {
  const cpu = trace.cpuCapacityCores ?? UNKNOWN_CAPACITY_FACTOR * peak(trace.cpuCores);
  const mem = trace.memCapacityBytes ?? UNKNOWN_CAPACITY_FACTOR * peak(trace.memBytes);
  return Math.max(1, unitsUp(cpu, unit.cpu), unitsUp(mem, unit.mem));
};
