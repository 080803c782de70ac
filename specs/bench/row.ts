/** One reported figure: what was measured, how well, and whether it reaches its target. */
import { digits } from './figures';

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** null: reported only. */
  readonly target: { readonly text: string; readonly met: boolean } | null;
  /** Number of samples, spread, and what the figure includes or leaves out. */
  readonly notes: readonly string[];
}

/** What one benchmark measures; it throws when it cannot. */
export type Bench = () => Promise<readonly Row[]>;

type Measured = Omit<Row, 'target'>;

export const atMost = (limit: number, row: Measured): Row => ({
  ...row,
  target: { text: `≤ ${digits(limit)} ${row.unit}`, met: row.value <= limit },
});

export const atLeast = (limit: number, row: Measured): Row => ({
  ...row,
  target: { text: `≥ ${digits(limit)} ${row.unit}`, met: row.value >= limit },
});

export const figureOnly = (row: Measured): Row => ({ ...row, target: null });

const verdictOf = ({ target }: Row): string =>
  target === null ? '' : `${target.text.padEnd(22)} ${target.met ? 'met' : 'NOT MET'}`;

/** The line of the table, and its notes below it. */
export const rowText = (row: Row): string => {
  const figure = `${digits(row.value)} ${row.unit}`;
  const line = `${row.name.padEnd(50)} ${figure.padEnd(22)} ${verdictOf(row)}`.trimEnd();
  return [line, ...row.notes.map((note) => `    ${note}`)].join('\n');
};
