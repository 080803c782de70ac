/** The monitor's answer to an agent's range of versions. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import * as t from 'io-ts';
import { finite } from '../events/finite';
import type { ProtocolVersion } from './handshake';
import { readingOf } from './monitor-frames';

const VersionReply = t.intersection([
  t.type({ version: finite }),
  t.partial({ features: t.array(t.string), conn: t.string }),
]);

export interface Agreed {
  readonly version: ProtocolVersion;
  /** The nonce by which the logs of both ends are joined; only monitors of ours give one. */
  readonly conn: string | null;
}

const versionOf = ({ version, features = [] }: t.TypeOf<typeof VersionReply>): ProtocolVersion | null => {
  if (version === 1) return '1.0';
  // Upstream's own next number is 2 too; without the feature it is something that we do not speak.
  return version === 2 && features.includes('scale-request') ? '1.1' : null;
};

/** Left: the reply as far as it fits a line. */
export const readVersionReply = (text: string): E.Either<string, Agreed> =>
  pipe(
    readingOf(VersionReply, 'no version agreed')(text),
    E.chain((reply) => {
      const version = versionOf(reply);
      return version === null ? E.left(`no version agreed: ${text}`) : E.right({ version, conn: reply.conn ?? null });
    }),
  );
