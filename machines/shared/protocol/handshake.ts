/**
 * The handshake: the agent sends a range of versions, we answer with one of them or with an error.
 *
 * v1.1 is version number 2 *with* the feature "scale-request", for upstream's own next number is 2
 * too. A range without the feature is answered as by a monitor that knows only v1.0.
 */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import * as t from 'io-ts';
import { fields, U64 } from './codecs';
import { boundedError, explain } from './explain';
import { parseJson } from './json';

export type ProtocolVersion = '1.0' | '1.1';

export interface HandshakeError {
  /** What was wrong, for the error object. */
  readonly error: string;
}

const FEATURE = 'scale-request';
const NUMBER_OF: Readonly<Record<ProtocolVersion, number>> = { '1.0': 1, '1.1': 2 };
/** Version numbers are bytes on the wire. */
const MAX_VERSION_NUMBER = 255;

const VersionRange = fields({ min: U64, max: U64, features: t.unknown });

/** What the agent offers. */
interface Offer {
  readonly min: number;
  readonly max: number;
  readonly hasFeature: boolean;
}

const readOffer = (text: string): E.Either<string, Offer> =>
  pipe(
    parseJson(text),
    E.chain((value) => pipe(VersionRange.decode(value), E.mapLeft(explain))),
    E.map(({ min, max, features }) => ({
      min: Number(min),
      max: Number(max),
      hasFeature: Array.isArray(features) && features.includes(FEATURE),
    })),
    E.filterOrElse(
      ({ max }) => max <= MAX_VERSION_NUMBER,
      ({ max }) => `max must be at most ${MAX_VERSION_NUMBER}, got ${max}`,
    ),
    E.filterOrElse(
      ({ min, max }) => min <= max,
      ({ min, max }) => `min must not be above max, got ${min} and ${max}`,
    ),
    E.mapLeft((problem) => `malformed protocol version range: ${problem}`),
  );

const versionName = (number: number): string => {
  if (number === 0) return '<invalid: zero>';
  return number === NUMBER_OF['1.0'] ? 'v1.0' : `<unknown: ${number}>`;
};

const rangeName = ({ min, max }: Offer): string =>
  min === max ? versionName(min) : `${versionName(min)} to ${versionName(max)}`;

const highestShared = (offer: Offer): E.Either<string, ProtocolVersion> => {
  const holds = (version: ProtocolVersion): boolean =>
    offer.min <= NUMBER_OF[version] && NUMBER_OF[version] <= offer.max;
  if (offer.hasFeature && holds('1.1')) return E.right('1.1');
  if (holds('1.0')) return E.right('1.0');
  return E.left(`Received protocol version range ${rangeName(offer)} which does not overlap with v1.0`);
};

/**
 * Chooses the version from the agent's first frame, e.g. `{"min":1,"max":2,"features":["scale-request"]}`.
 *
 * @returns the highest version that both know, or what was wrong. Never throws.
 */
export const negotiate = (text: string): E.Either<HandshakeError, { readonly version: ProtocolVersion }> =>
  pipe(
    readOffer(text),
    E.chain(highestShared),
    E.bimap(
      (problem) => ({ error: boundedError(problem) }),
      (version) => ({ version }),
    ),
  );

/** Our answer to a good range. `conn` is the nonce by which the logs of both ends are joined. */
export const versionReply = (version: ProtocolVersion, conn: string): string =>
  JSON.stringify({
    version: NUMBER_OF[version],
    ...(version === '1.1' ? { features: [FEATURE] } : {}),
    conn,
  });

/** Our answer to a bad range or to none, before the connection is closed. */
export const errorReply = (error: string): string => JSON.stringify({ error });
