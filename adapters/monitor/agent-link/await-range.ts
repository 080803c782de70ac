/** Waits for the agent's version range. It settles exactly once: by a frame, by silence or by the socket's end. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { negotiate, type ProtocolVersion } from '../../../machines/shared/protocol/handshake';
import { CLOSE } from './ending';

/** Why there is no version, and the code to close with. */
export interface HandshakeFailure {
  readonly code: number;
  readonly reason: string;
}

export type HandshakeOutcome = E.Either<HandshakeFailure, ProtocolVersion>;

export interface Handshake {
  isSettled(): boolean;
  /** The first text frame. */
  take(text: string): void;
  /** There will be no range. */
  abandon(reason: string, code?: number): void;
}

export const awaitRange = (patienceMs: number, onSettled: (outcome: HandshakeOutcome) => void): Handshake => {
  let settled = false;
  const settle = (outcome: HandshakeOutcome): void => {
    if (settled) return;
    settled = true;
    clearTimeout(patience);
    onSettled(outcome);
  };
  const fail = (reason: string, code: number = CLOSE.protocolError): void => {
    settle(E.left({ code, reason }));
  };
  const patience = setTimeout(() => {
    fail(`no protocol version range within ${patienceMs} ms`);
  }, patienceMs);
  return {
    isSettled: () => settled,
    take: (text) => {
      settle(
        pipe(
          negotiate(text),
          E.bimap(
            ({ error }) => ({ code: CLOSE.protocolError, reason: error }),
            ({ version }) => version,
          ),
        ),
      );
    },
    abandon: fail,
  };
};
