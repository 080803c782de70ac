/** Agent → monitor: from the text of a frame to a message, or to what was wrong with it. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type { Errors, Type } from 'io-ts';
import { fields, FiniteNumber, orAbsent, Text, U64, WireSizeCodec } from './codecs';
import { boundedError, explain, quote } from './explain';
import { parseJson } from './json';
import type { AgentMessage, Digits, FrameError } from './messages';

/** Bears the error back to an agent whose frame has no id of its own: without one an old agent hangs up. */
const NO_ID: Digits = '0';

type Reader = (frame: unknown) => E.Either<Errors, AgentMessage>;

/** The agent wraps its payload in `content`, which stands even when it is empty. */
const reader = <C>(content: Type<C, unknown>, toMessage: (id: Digits, content: C) => AgentMessage): Reader => {
  const frame = fields({ id: U64, content });
  return (value) =>
    pipe(
      frame.decode(value),
      E.map((decoded) => toMessage(decoded.id, decoded.content)),
    );
};

/** One reader a message type. Unknown extra fields are ignored at every level. */
const READERS: Readonly<Record<AgentMessage['type'], Reader>> = {
  UpscaleNotification: reader(fields({ granted: WireSizeCodec }), (id, { granted }) => ({
    type: 'UpscaleNotification',
    id,
    granted,
  })),
  DownscaleRequest: reader(fields({ target: WireSizeCodec }), (id, { target }) => ({
    type: 'DownscaleRequest',
    id,
    target,
  })),
  HealthCheck: reader(fields({}), (id) => ({ type: 'HealthCheck', id })),
  InvalidMessage: reader(fields({ error: Text }), (id, { error }) => ({ type: 'InvalidMessage', id, error })),
  InternalError: reader(fields({ error: Text }), (id, { error }) => ({ type: 'InternalError', id, error })),
  ScaleDenied: reader(fields({ target: WireSizeCodec, reason: Text }), (id, content) => ({
    type: 'ScaleDenied',
    id,
    ...content,
  })),
  VmInfo: reader(
    fields({
      granted: orAbsent(WireSizeCodec),
      min: orAbsent(WireSizeCodec),
      max: orAbsent(WireSizeCodec),
      unit: orAbsent(WireSizeCodec),
      etaMs: orAbsent(FiniteNumber),
    }),
    (id, content) => ({ type: 'VmInfo', id, ...content }),
  ),
};

const isAgentType = (type: string): type is AgentMessage['type'] => Object.hasOwn(READERS, type);

const WithType = fields({ type: Text });
const WithId = fields({ id: U64 });

const usableId = (value: unknown): Digits =>
  pipe(
    WithId.decode(value),
    E.match(
      () => NO_ID,
      ({ id }) => id,
    ),
  );

const readMessage = (value: unknown): E.Either<string, AgentMessage> =>
  pipe(
    WithType.decode(value),
    E.mapLeft((errors) => `malformed frame: ${explain(errors)}`),
    E.chain(({ type }) =>
      isAgentType(type)
        ? pipe(
            READERS[type](value),
            E.mapLeft((errors) => `malformed ${type}: ${explain(errors)}`),
          )
        : E.left(`Received message of unknown type: ${quote(type)}`),
    ),
  );

/**
 * Decodes the text of one frame after the handshake.
 *
 * @returns the message, or an error of at most MAX_ERROR_CHARS with the frame's own id if it has a
 *   usable one, else '0'. Never throws.
 */
export const decodeFrame = (text: string): E.Either<FrameError, AgentMessage> =>
  pipe(
    parseJson(text),
    E.mapLeft((problem) => ({ id: NO_ID, error: boundedError(`malformed frame: ${problem}`) })),
    E.chain((value) =>
      pipe(
        readMessage(value),
        E.mapLeft((error) => ({ id: usableId(value), error: boundedError(error) })),
      ),
    ),
  );
