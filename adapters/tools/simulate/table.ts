/** Plain tables: aligned for terminals, and in markdown for documents. */

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const widthsOf = ({ head, rows }: Table): readonly number[] =>
  head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));

/** The first column to the left, numbers to the right. */
const aligned = (cells: readonly string[], widths: readonly number[]): readonly string[] =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));

export const plainTable = (table: Table): string => {
  const widths = widthsOf(table);
  return [table.head, ...table.rows].map((cells) => `${aligned(cells, widths).join('  ').trimEnd()}\n`).join('');
};

export const markdownTable = (table: Table): string => {
  const widths = widthsOf(table);
  const line = (cells: readonly string[]): string => `| ${aligned(cells, widths).join(' | ')} |\n`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(table.head), line(rule), ...table.rows.map(line)].join('');
};
