/** What QEMU writes to its monitor socket: one JSON object a line (QEMU doc interop/qmp-spec). */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { parse } from 'fp-ts/Json';
import * as t from 'io-ts';

/** Enough of a foreign line to recognise it. */
const EXCERPT_CHARS = 120;

const Greeting = t.type({ QMP: t.type({ capabilities: t.array(t.string) }) });
const Fault = t.type({ class: t.string, desc: t.string });
const Returned = t.type({ return: t.unknown, id: t.number });
/** Without an id: QEMU could not read what we sent. */
const Refused = t.intersection([t.type({ error: Fault }), t.partial({ id: t.number })]);
const Happened = t.intersection([t.type({ event: t.string }), t.partial({ data: t.UnknownRecord })]);

export type QmpMessage =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'returned'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refused'; readonly id: number | null; readonly reason: string }
  | QmpEvent;
export interface QmpEvent {
  readonly kind: 'event';
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const meaning = (value: unknown): QmpMessage | null => {
  if (Happened.is(value)) return { kind: 'event', name: value.event, data: value.data ?? {} };
  // `return` may be any value, but it must be there.
  if (Returned.is(value) && 'return' in value) return { kind: 'returned', id: value.id, value: value.return };
  if (Refused.is(value)) {
    const { id, error } = value;
    return { kind: 'refused', id: id ?? null, reason: `${error.class}: ${error.desc}` };
  }
  return Greeting.is(value) ? { kind: 'greeting' } : null;
};

/** Left: what the line looks like. */
export const readMessage = (line: string): E.Either<string, QmpMessage> =>
  pipe(
    parse(line),
    E.chain((value) => E.fromNullable<unknown>(undefined)(meaning(value))),
    E.mapLeft(() => `found ${JSON.stringify(line.slice(0, EXCERPT_CHARS))}, expected a message of QMP`),
  );
