/**
 * One websocket from its upgrade to its end: handshake, then frames. Tells each step once:
 * handshake.started, then handshake.failed, or agent.connected, the frames and one agent.lost.
 */
import * as E from 'fp-ts/Either';
import { WebSocket, type RawData } from 'ws';
import { errorReply, versionReply, type ProtocolVersion } from '../../machines/protocol/handshake';
import { awaitRange } from './await-range';
import { CLOSE, trackEnding } from './ending';
import type { LinkEvent } from './events';
import { frameText } from './frame-text';
import { limitInbound } from './inbound-limit';
import { MAX_UNSENT_BYTES, type Deadlines } from './limits';
import { watchLiveness, type Liveness } from './liveness';

export interface Connection {
  /** Still waits for its version range; such connections are limited in number. */
  isShakingHands(): boolean;
  /** Sends one text frame; after the end nothing, for agent.lost is told or on its way. */
  send(text: string): void;
  close(code: number, reason: string): void;
}

export interface ConnectionSettings {
  readonly conn: string;
  /** Address and port, for the log. */
  readonly peer: string;
  readonly deadlines: Deadlines;
  readonly emit: (event: LinkEvent) => void;
  /** The socket is closed and all has been told. */
  readonly onClosed: () => void;
}

/** Takes over a fresh websocket of the server's side. */
export const openConnection = (socket: WebSocket, settings: ConnectionSettings): Connection => {
  const { conn, peer, deadlines, emit } = settings;
  /** Not null once the agent has connected. */
  let liveness: Liveness | null = null;
  const inbound = limitInbound(socket, deadlines.floodWindowMs);
  const ending = trackEnding(socket);

  emit({ type: 'handshake.started', conn, peer });
  const refuse = (reason: string): void => {
    socket.send(errorReply(reason));
    emit({ type: 'handshake.failed', conn, reason });
    ending.close(CLOSE.protocolError, reason);
  };
  const accept = (version: ProtocolVersion): void => {
    liveness = watchLiveness(socket, deadlines, () => {
      ending.terminate(`nothing heard for ${deadlines.lostAfterMs} ms`);
    });
    socket.send(versionReply(version, conn));
    emit({ type: 'agent.connected', conn, peer, version });
  };
  const handshake = awaitRange(deadlines.handshakeMs, E.match(refuse, accept));

  const hear = (): void => {
    inbound.count();
    liveness?.heard();
  };
  const take = (data: RawData, isBinary: boolean): void => {
    // After our Close frame nothing can be answered any more.
    if (socket.readyState !== WebSocket.OPEN) return;
    if (handshake.isSettled()) {
      emit({ type: 'frame.received', conn, ...(isBinary ? { text: '', binary: true } : { text: frameText(data) }) });
    } else if (isBinary) handshake.abandon('the protocol version range must be a text frame');
    else handshake.take(frameText(data));
  };
  socket.on('ping', hear);
  socket.on('pong', hear);
  socket.on('message', (data, isBinary) => {
    hear();
    take(data, isBinary);
  });
  socket.on('close', (code, reason) => {
    inbound.stop();
    liveness?.stop();
    const why = ending.describe(code, reason);
    handshake.abandon(why);
    if (liveness !== null) emit({ type: 'agent.lost', conn, reason: why });
    settings.onClosed();
  });

  return {
    isShakingHands: () => !handshake.isSettled(),
    close: (code, reason) => {
      ending.close(code, reason);
    },
    send: (text) => {
      if (liveness === null || socket.readyState !== WebSocket.OPEN) return;
      socket.send(text);
      if (socket.bufferedAmount > MAX_UNSENT_BYTES) ending.terminate('the agent does not read: too many bytes wait');
    },
  };
};
