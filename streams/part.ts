/** Makes one part of the readings out of a sample and the one before it, as the rows of signals/ say. */
import { isLeft, isRight } from 'fp-ts/Either';
import { type Observable, scan } from 'rxjs';
import type { RawSample, RawSignals, RawValues, Read, SignalName } from './raw-sample';
import { SIGNALS, SIGNAL_NAMES } from './signals';
import type { Fill, PartName, Parts, Signal } from './signals/signal';

/** A sample and the one before it; null: it is the first. */
export interface SampleStep {
  readonly previous: RawSample | null;
  readonly now: RawSample;
}

/** Each sample with the one before it. */
export const steps = (raw$: Observable<RawSample>): Observable<SampleStep> =>
  raw$.pipe(scan<RawSample, SampleStep, null>((last, now) => ({ previous: last?.now ?? null, now }), null));

type AnyValue = RawValues[SignalName];

/** A row of the table, as far as it fills one part: a list instead of records, as it is walked in each sample. */
interface PartRow {
  readonly name: SignalName;
  readonly isRequired: boolean;
  readonly fields: readonly { readonly field: string; readonly fill: Fill<AnyValue, unknown> }[];
}

const rowsOf = (part: PartName): readonly PartRow[] =>
  SIGNAL_NAMES.flatMap((name) => {
    // The value of a signal only ever meets the row of the same name, whose functions are made for it.
    const { fills, requiredBy = [] } = SIGNALS[name] as Signal<AnyValue>;
    const entries = Object.entries(fills[part] ?? {}) as [field: string, fill: Fill<AnyValue, unknown>][];
    const fields = entries.map(([field, fill]) => ({ field, fill }));
    return fields.length === 0 ? [] : [{ name, isRequired: requiredBy.includes(part), fields }];
  });

const valueOf = (raw: RawSignals | null, name: SignalName): AnyValue | undefined => {
  const read: Read<AnyValue> | undefined = raw?.[name];
  return read !== undefined && isRight(read) ? read.right : undefined;
};

/** Undefined: a file that the part cannot do without was not readable, or none was. */
export const partReader = <Part extends PartName>(part: Part): ((step: SampleStep) => Parts[Part] | undefined) => {
  const rows = rowsOf(part);
  return ({ previous, now }) => {
    let isRead = false;
    const filled: Record<string, unknown> = {};
    for (const { name, isRequired, fields } of rows) {
      const read = now[name];
      if (isLeft(read)) {
        if (isRequired) return undefined;
        continue;
      }
      isRead = true;
      const before = valueOf(previous, name);
      for (const { field, fill } of fields) {
        const reading = fill(read.right, before, now);
        if (reading !== undefined) filled[field] = reading;
      }
    }
    // Each field is filled by a function of its own type, and each that must be there by a required row.
    return isRead ? (filled as Parts[Part]) : undefined;
  };
};
