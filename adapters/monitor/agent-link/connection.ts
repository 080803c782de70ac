/**
 * One websocket from its upgrade to its end: handshake, then frames. Emits each step once:
 * handshake.started, then handshake.failed, or agent.connected, the frames and one agent.lost.
 */
import * as E from 'fp-ts/Either';
import { WebSocket, type RawData } from 'ws';
import { errorReply, versionReply, type ProtocolVersion } from '../../../machines/shared/protocol/handshake';
import { createAllowance, type Allowance } from './allowance';
import { awaitRange, type HandshakeFailure } from './await-range';
import { CLOSE, trackEnding } from './ending';
import type { LinkEvent } from './events';
import { frameText, wholeFrame } from '../../shared/frame-text';
import { createInbound, type Inbound } from './inbound';
import { type Deadlines } from './deadlines';
import { watchLiveness, type Liveness } from './liveness';
import { MIB } from '../../../machines/shared/units';

/** What may wait for an agent that does not read: 32 frames of the longest reply. */
export const MAX_UNSENT_BYTES = MIB;

export interface Connection {
  /** Sends one text frame; after the end nothing, for agent.lost is emitted or on its way. */
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Ends a handshake that has not been completed, for want of room. */
  dropSilent(reason: string): void;
  /** Does not wait any longer for the peer to answer our Close frame. */
  terminate(): void;
}

/** Steps of a connection that those who count them want to know. */
export interface ConnectionSteps {
  /** The handshake has been completed, or has failed. */
  readonly onSettled: (connection: Connection) => void;
  /** It takes no more frames; its socket may be open for a while. */
  readonly onEnding: (connection: Connection) => void;
  /** The socket is closed and all has been emitted. */
  readonly onClosed: (connection: Connection) => void;
}

export interface ConnectionSettings extends ConnectionSteps {
  readonly conn: string;
  /** Address and port, for the log. */
  readonly peer: string;
  readonly deadlines: Deadlines;
  /** Of all that have completed their handshake, together: what they send is logged. */
  readonly agentAllowance: Allowance;
  readonly emit: (event: LinkEvent) => void;
}

/** What is received on the socket, and how its end is emitted. */
interface Ears {
  readonly inbound: Inbound;
  /** Something came: the peer lives. */
  readonly onSign: () => void;
  readonly onText: (data: RawData, isBinary: boolean) => void;
  /** Answers may wait unsent. */
  readonly expectReader: () => void;
  /** No more will come, but what waits is still delivered. */
  readonly onClose: (code: number, reason: Buffer) => void;
}

const listenTo = (socket: WebSocket, { inbound, onSign, onText, expectReader, onClose }: Ears): void => {
  const receive = (data: Buffer, deliver: () => void): void => {
    onSign();
    inbound.push(data.length, deliver);
  };
  socket.on('ping', (data) => {
    receive(data, () => {
      socket.pong(data);
      expectReader();
    });
  });
  socket.on('pong', (data) => {
    receive(data, () => undefined);
  });
  socket.on('message', (data, isBinary) => {
    receive(wholeFrame(data), () => {
      onText(data, isBinary);
    });
  });
  socket.on('close', onClose);
};

const frameEvent = (conn: string, data: RawData, isBinary: boolean): LinkEvent => ({
  type: 'frame.received',
  conn,
  ...(isBinary ? { text: '', binary: true } : { text: frameText(data) }),
});

/** Takes over a fresh websocket of the server's side. */
export const openConnection = (socket: WebSocket, settings: ConnectionSettings): Connection => {
  const { conn, peer, deadlines, emit } = settings;
  /** Not null once the agent has connected. */
  let liveness: Liveness | null = null;
  const inbound = createInbound(socket, createAllowance(deadlines.floodWindowMs));
  const ending = trackEnding(socket, () => {
    // After our Close frame nothing can be answered any more.
    inbound.discard();
    settings.onEnding(connection);
  });

  emit({ type: 'handshake.started', conn, peer });
  const refuse = ({ code, reason }: HandshakeFailure): void => {
    settings.onSettled(connection);
    socket.send(errorReply(reason));
    emit({ type: 'handshake.failed', conn, reason });
    ending.close(code, reason);
  };
  const accept = (version: ProtocolVersion): void => {
    settings.onSettled(connection);
    inbound.use(settings.agentAllowance);
    liveness = watchLiveness(socket, deadlines, () => {
      ending.terminate(`nothing received for ${deadlines.lostAfterMs} ms`);
    });
    socket.send(versionReply(version, conn));
    emit({ type: 'agent.connected', conn, peer, version });
  };
  const handshake = awaitRange(deadlines.handshakeMs, E.match(refuse, accept));

  const expectReader = (): void => {
    if (socket.bufferedAmount > MAX_UNSENT_BYTES) ending.terminate('the agent does not read: too many bytes wait');
  };
  const onText = (data: RawData, isBinary: boolean): void => {
    if (handshake.isSettled()) emit(frameEvent(conn, data, isBinary));
    else if (isBinary) handshake.abandon('the protocol version range must be a text frame');
    else handshake.take(frameText(data));
  };
  const onClose = (code: number, reason: Buffer): void => {
    liveness?.stop();
    const why = ending.describe(code, reason);
    settings.onEnding(connection);
    inbound.end(() => {
      handshake.abandon(why);
      if (liveness !== null) emit({ type: 'agent.lost', conn, reason: why });
      settings.onClosed(connection);
    });
  };
  listenTo(socket, { inbound, onSign: () => liveness?.received(), onText, expectReader, onClose });

  const connection: Connection = {
    close: ending.close,
    dropSilent: (reason) => {
      handshake.abandon(reason, CLOSE.tryAgainLater);
    },
    terminate: () => {
      ending.terminate('the peer does not answer our Close frame');
    },
    send: (text) => {
      if (liveness === null || socket.readyState !== WebSocket.OPEN) return;
      socket.send(text);
      expectReader();
    },
  };
  return connection;
};
