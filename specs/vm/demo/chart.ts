/**
 * Size and use over time, drawn in characters. Time goes to the right; use is filled, the size is a line above it.
 *
 *   1 GiB │     ────
 *         │────▃████────
 *       0 └────────────
 */
import { formatBytes } from '../../../machines/shared/format';
import type { Sample } from './sample';

export interface Frame {
  /** Of the whole picture, in characters. */
  readonly columns: number;
  /** Above the time axis. */
  readonly rows: number;
  /** The upper edge. */
  readonly topBytes: number;
  /** The right edge; samples that are later make it wider. */
  readonly spanMs: number;
}

const FILLS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const SIZE = '─';
const FULL = FILLS.length - 1;

/** How much of the cell in this row (0 is the lowest) lies below `bytes`. */
const fillOf = (bytes: number, row: number, rowBytes: number): string => {
  const eighths = Math.round((bytes / rowBytes - row) * FULL);
  return FILLS[Math.min(Math.max(eighths, 0), FULL)] ?? ' ';
};

/** The row in which a line at this height lies: at a row's upper edge it is in that row. */
const rowOf = (bytes: number, rowBytes: number): number => Math.ceil(bytes / rowBytes) - 1;

/** For each column what was last known; null where nothing was known yet, or time has not come to. */
const columnsOf = (samples: readonly Sample[], columns: number, spanMs: number): readonly (Sample | null)[] => {
  const columnMs = spanMs / columns;
  const last = samples.at(-1);
  return Array.from({ length: columns }, (_, column) => {
    const [fromMs, toMs] = [column * columnMs, (column + 1) * columnMs];
    if (last === undefined || last.atMs < fromMs) return null;
    return samples.filter(({ atMs }) => atMs < toMs).at(-1) ?? null;
  });
};

const timeAxis = (margin: number, columns: number, spanMs: number): string => {
  const end = `${Math.round(spanMs / 1000)} s`;
  return `${' '.repeat(margin)}0${end.padStart(columns - 1)}`;
};

/** @param samples in the order of time; @returns `rows` lines and two for the axis, none longer than `columns` */
export const drawChart = (
  samples: readonly Sample[],
  { columns, rows, topBytes, spanMs }: Frame,
): readonly string[] => {
  const top = formatBytes(topBytes);
  const margin = top.length + 2;
  const width = Math.max(1, columns - margin);
  // Columns end before the moment at which the next one begins; the last sample must have one.
  const wholeMs = Math.max(spanMs, (samples.at(-1)?.atMs ?? 0) + 1);
  const shown = columnsOf(samples, width, wholeMs);
  const rowBytes = topBytes / rows;
  const cell = (row: number) => (sample: Sample | null) => {
    if (sample === null) return ' ';
    return rowOf(sample.sizeBytes, rowBytes) === row ? SIZE : fillOf(sample.useBytes, row, rowBytes);
  };
  const lines = Array.from({ length: rows }, (_, index) => {
    const label = index === 0 ? top : '';
    return `${label.padStart(margin - 2)} │${shown.map(cell(rows - 1 - index)).join('')}`.trimEnd();
  });
  return [...lines, `${'0'.padStart(margin - 2)} └${'─'.repeat(width)}`, timeAxis(margin, width, wholeMs)];
};
