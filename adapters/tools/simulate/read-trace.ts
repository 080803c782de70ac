/** Reads a trace from a CSV file. What is malformed is reported with its line and what was expected. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import * as t from 'io-ts';
import { fileFailure } from '../../shared/node-error';
import { traceOf, type Trace, type TraceRow } from '../../../machines/simulation/trace';

/** Ten years in rows of 5 s. */
const TRACE_MOST_BYTES = 2 ** 31;
/** Ten years: a slip of units (milliseconds) would run for days. */
const LONGEST_TRACE_SECONDS = 10 * 366 * 86_400;

export const HEADER = 't_seconds,cpu_cores_used,mem_bytes_used,cpu_capacity_cores,mem_capacity_bytes';
const COLUMNS = HEADER.split(',');

/** Digits with an optional fraction and exponent; Number() alone would take '' and '0x1'. */
const DECIMAL = /^\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/;

const amount = (text: string): number | null => {
  const value = DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : null;
};

const Amount = new t.Type<number, string, unknown>(
  'a number >= 0',
  (value): value is number => typeof value === 'number',
  (input, context) => {
    const value = typeof input === 'string' ? amount(input) : null;
    return value === null ? t.failure(input, context) : t.success(value);
  },
  String,
);

const Unknown = new t.Type<null, string, unknown>(
  'empty',
  (value): value is null => value === null,
  (input, context) => (input === '' ? t.success(null) : t.failure(input, context)),
  () => '',
);

const AmountOrUnknown = t.union([Amount, Unknown], 'a number >= 0 or nothing');

const Row = t.tuple([Amount, AmountOrUnknown, AmountOrUnknown, AmountOrUnknown, AmountOrUnknown]);

/** The first column that does not fit, in words. */
const explain = (fields: readonly string[]): string => {
  if (fields.length !== COLUMNS.length) return `${fields.length} fields, expected ${COLUMNS.length}: ${HEADER}`;
  const bad = fields.findIndex((field, i) => E.isLeft((i === 0 ? Amount : AmountOrUnknown).decode(field)));
  const expected = (bad === 0 ? Amount : AmountOrUnknown).name;
  return `${COLUMNS[bad] ?? ''} is ${JSON.stringify(fields[bad])}, expected ${expected}`;
};

const readRow = (line: string): Either<string, TraceRow> => {
  const fields = line.split(',');
  const decoded = Row.decode(fields);
  if (fields.length !== COLUMNS.length || E.isLeft(decoded)) return E.left(explain(fields));
  const [seconds, cpuCores, memBytes, cpuCapacityCores, memCapacityBytes] = decoded.right;
  return E.right({ seconds, cpuCores, memBytes, cpuCapacityCores, memCapacityBytes });
};

/** Left: what is wrong, beginning with the line's number. */
const readRows = (text: string): Either<string, readonly TraceRow[]> => {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines[0] !== HEADER) return E.left(`line 1: expected the header ${HEADER}`);
  const rows: TraceRow[] = [];
  for (let i = 1; i < lines.length; i += 1) {
    const row = readRow(lines[i] ?? '');
    if (E.isLeft(row)) return E.left(`line ${i + 1}: ${row.left}`);
    const before = rows.at(-1);
    if (before !== undefined && row.right.seconds <= before.seconds) {
      return E.left(`line ${i + 1}: t_seconds is ${row.right.seconds}, expected more than ${before.seconds}`);
    }
    rows.push(row.right);
  }
  return rows.length < 2 ? E.left(`${rows.length} rows, expected at least 2`) : E.right(rows);
};

/** Text of a trace file to a trace. Left: where and what was expected, without the file's name. */
export const parseTrace = (name: string, text: string): Either<string, Trace> => {
  const rows = readRows(text);
  if (E.isLeft(rows)) return rows;
  const seconds = (rows.right.at(-1)?.seconds ?? 0) - (rows.right[0]?.seconds ?? 0);
  if (seconds > LONGEST_TRACE_SECONDS) {
    return E.left(`covers ${seconds} s, expected at most ${LONGEST_TRACE_SECONDS} s`);
  }
  return E.right(traceOf(name, rows.right));
};

export const traceName = (path: string): string => basename(path).replace(/\.csv$/, '');

export const readTrace = async (path: string): Promise<Either<string, Trace>> => {
  try {
    const text = await readFile(path);
    if (text.length > TRACE_MOST_BYTES) return E.left(`${path}: expected at most ${TRACE_MOST_BYTES} bytes`);
    const trace = parseTrace(traceName(path), text.toString('utf8'));
    return E.isLeft(trace) ? E.left(`${path}: ${trace.left}`) : trace;
  } catch (error) {
    return E.left(fileFailure(path, error).message);
  }
};
