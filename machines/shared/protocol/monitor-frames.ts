/** Monitor → agent, for agents of ours: read with plain doubles, for the sizes that they deal in are below 2^53. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import * as t from 'io-ts';
import { finite } from '../events/finite';
import { Size } from '../events/size';

/** Longest quotation of a frame in an error. */
const QUOTED_CHARS = 200;

const bare = <T extends string>(type: T) => t.type({ type: t.literal(type), id: finite });

const MonitorFrame = t.union([
  t.type({ type: t.literal('ScaleRequest'), id: finite, target: Size }),
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
