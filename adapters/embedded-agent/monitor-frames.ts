/** Monitor → agent, read with plain doubles: the sizes that the embedded agent deals in are below 2^53. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import * as t from 'io-ts';
import { Size } from '../../machines/events';

const bare = <T extends string>(type: T) => t.type({ type: t.literal(type), id: t.number });

const MonitorFrame = t.union([
  t.type({ type: t.literal('ScaleRequest'), id: t.number, target: Size }),
  t.type({ type: t.literal('DownscaleResult'), id: t.number, Ok: t.boolean, Status: t.string }),
  t.type({ type: t.literal('InternalError'), id: t.number, error: t.string }),
  t.type({ type: t.literal('InvalidMessage'), id: t.number, error: t.string }),
  bare('UpscaleRequest'),
  bare('UpscaleConfirmation'),
  bare('HealthCheck'),
]);
export type MonitorFrame = t.TypeOf<typeof MonitorFrame>;

const VersionReply = t.type({ version: t.number });

/** Left: the text, cut to a line. */
const reading =
  <A>(codec: t.Type<A>, what: string) =>
  (text: string): E.Either<string, A> =>
    pipe(
      E.tryCatch(
        () => JSON.parse(text) as unknown,
        () => undefined,
      ),
      E.chainW((value) => codec.decode(value)),
      E.mapLeft(() => `${what}: ${text.slice(0, 200)}`),
    );

export const readMonitorFrame = reading(MonitorFrame, 'unreadable frame');
export const readVersionReply = reading(VersionReply, 'no version agreed');
