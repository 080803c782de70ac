/** Monitor → agent, for agents of ours: read with plain doubles, for the sizes that they deal in are below 2^53. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import * as t from 'io-ts';
import { finite } from '../events/finite';
import { absentAsNull } from '../events/nullable';
import { Size } from '../events/size';
import { HOUR_MS } from '../units';

/** Longest quotation of a frame in an error. */
const QUOTED_CHARS = 200;
/** A time to exhaustion further ahead says nothing and counts as this (our monitor names none beyond a minute). */
const WITHIN_MOST_MS = HOUR_MS;

const isWithin = (value: unknown): value is number => finite.is(value) && value >= 0;
const Within = new t.Type<number>(
  'milliseconds from 0',
  isWithin,
  (value, context) => (isWithin(value) ? t.success(Math.min(value, WITHIN_MOST_MS)) : t.failure(value, context)),
  t.identity,
);

const bare = <T extends string>(type: T) => t.type({ type: t.literal(type), id: finite });

const MonitorFrame = t.union([
  t.type({
    type: t.literal('ScaleRequest'),
    id: finite,
    target: Size,
    /** v1.1: with less memory Postgres is at risk. */
    floor: absentAsNull(Size),
    /** v1.1: until memory is exhausted. */
    withinMs: absentAsNull(Within),
  }),
  t.type({ type: t.literal('DownscaleResult'), id: finite, Ok: t.boolean, Status: t.string }),
  t.type({ type: t.literal('InternalError'), id: finite, error: t.string }),
  t.type({ type: t.literal('InvalidMessage'), id: finite, error: t.string }),
  bare('UpscaleRequest'),
  bare('UpscaleConfirmation'),
  bare('HealthCheck'),
]);
export type MonitorFrame = t.TypeOf<typeof MonitorFrame>;

/** A text of a monitor as a value. Left: what it is, with the text cut to a line. */
export const readingOf =
  <A>(codec: t.Type<A>, what: string) =>
  (text: string): E.Either<string, A> =>
    pipe(
      E.tryCatch(
        () => JSON.parse(text) as unknown,
        () => undefined,
      ),
      E.chainW((value) => codec.decode(value)),
      E.mapLeft(() => `${what}: ${text.slice(0, QUOTED_CHARS)}`),
    );

export const readMonitorFrame = readingOf(MonitorFrame, 'unreadable frame');
