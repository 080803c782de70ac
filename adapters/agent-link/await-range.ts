/** Waits for the agent's version range. It settles exactly once: by a frame, by silence or by the socket's end. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { negotiate, type ProtocolVersion } from '../../machines/protocol/handshake';

/** Left: why there is no version. */
export type HandshakeOutcome = E.Either<string, ProtocolVersion>;

export interface Handshake {
  isSettled(): boolean;
  /** The first text frame. */
  take(text: string): void;
  /** There will be no range. */
  abandon(reason: string): void;
}

export const awaitRange = (patienceMs: number, onSettled: (outcome: HandshakeOutcome) => void): Handshake => {
  let settled = false;
  const settle = (outcome: HandshakeOutcome): void => {
    if (settled) return;
    settled = true;
    clearTimeout(patience);
    onSettled(outcome);
  };
  const patience = setTimeout(() => {
    settle(E.left(`no protocol version range within ${patienceMs} ms`));
  }, patienceMs);
  return {
    isSettled: () => settled,
    take: (text) => {
      settle(
        pipe(
          negotiate(text),
          E.bimap(
            ({ error }) => error,
            ({ version }) => version,
          ),
        ),
      );
    },
    abandon: (reason) => {
      settle(E.left(reason));
    },
  };
};
