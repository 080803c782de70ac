/**
 * One websocket from its upgrade to its end: handshake, then frames. Emits each step once:
 * handshake.started, then handshake.failed, or agent.connected, the frames and one agent.lost.
 */
import * as E from 'fp-ts/Either';
import { WebSocket, type RawData } from 'ws';
import { errorReply, negotiate, versionReply, type ProtocolVersion } from '../../../machines/shared/protocol/handshake';
import { MIB } from '../../../machines/shared/units';
import { frameText, wholeFrame } from '../../shared/frame-text';
import { createAllowance, type Allowance } from './allowance';
import type { Deadlines } from './deadlines';
import { CLOSE, trackEnding, type ConnectionEnd } from './ending';
import type { LinkEvent } from './events';
import { Inbound } from './inbound';
import { watchLiveness, type Liveness } from './liveness';

/** What may wait for an agent that does not read: 32 frames of the longest reply. */
export const MAX_UNSENT_BYTES = MIB;

export interface ConnectionSettings {
  readonly conn: string;
  /** Address and port, for the log. */
  readonly peer: string;
  readonly deadlines: Deadlines;
  /** Of all that have completed their handshake, together: what they send is logged. */
  readonly agentAllowance: Allowance;
  readonly emit: (event: LinkEvent) => void;
  /** The handshake has been completed, or has failed. */
  readonly onSettled: (connection: Connection) => void;
  /** It takes no more frames; its socket may be open for a while. */
  readonly onEnding: (connection: Connection) => void;
  /** The socket is closed and all has been emitted. */
  readonly onClosed: (connection: Connection) => void;
}

/** Takes over a fresh websocket of the server's side. */
export class Connection {
  readonly #inbound: Inbound;
  readonly #ending: ConnectionEnd;
  /** For the agent's version range; null once the handshake is settled. */
  #patience: NodeJS.Timeout | null;
  /** Not null once the agent has connected. */
  #liveness: Liveness | null = null;

  constructor(
    private readonly socket: WebSocket,
    private readonly settings: ConnectionSettings,
  ) {
    const { conn, peer, deadlines, emit } = settings;
    this.#inbound = new Inbound(socket, createAllowance(deadlines.floodWindowMs));
    this.#ending = trackEnding(socket, () => {
      // After our Close frame nothing can be answered any more.
      this.#inbound.discard();
      settings.onEnding(this);
    });
    emit({ type: 'handshake.started', conn, peer });
    this.#patience = setTimeout(() => {
      this.#refuse(`no protocol version range within ${deadlines.handshakeMs} ms`);
    }, deadlines.handshakeMs);
    this.#listen();
  }

  /** Sends one text frame; after the end nothing, for agent.lost is emitted or on its way. */
  send(text: string): void {
    if (this.#liveness === null || this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(text);
    this.#expectReader();
  }

  close(code: number, reason: string): void {
    this.#ending.close(code, reason);
  }

  /** Ends a handshake that has not been completed, for want of room. */
  dropSilent(reason: string): void {
    this.#refuse(reason, CLOSE.tryAgainLater);
  }

  /** Does not wait any longer for the peer to answer our Close frame. */
  terminate(): void {
    this.#ending.terminate('the peer does not answer our Close frame');
  }

  #listen(): void {
    const { socket } = this;
    socket.on('ping', (data) => {
      this.#receive(data, () => {
        socket.pong(data);
        this.#expectReader();
      });
    });
    socket.on('pong', (data) => {
      this.#receive(data, () => undefined);
    });
    socket.on('message', (data, isBinary) => {
      this.#receive(wholeFrame(data), () => {
        this.#take(data, isBinary);
      });
    });
    socket.on('close', (code, reason) => {
      this.#end(code, reason);
    });
  }

  #receive(data: Buffer, deliver: () => void): void {
    this.#liveness?.received();
    this.#inbound.push(data.length, deliver);
  }

  #take(data: RawData, isBinary: boolean): void {
    const { conn, emit } = this.settings;
    if (this.#patience === null) {
      emit({ type: 'frame.received', conn, ...(isBinary ? { text: '', binary: true } : { text: frameText(data) }) });
    } else if (isBinary) this.#refuse('the protocol version range must be a text frame');
    else this.#negotiate(frameText(data));
  }

  #negotiate(range: string): void {
    const agreed = negotiate(range);
    if (E.isLeft(agreed)) this.#refuse(agreed.left.error);
    else this.#accept(agreed.right.version);
  }

  /** The handshake is settled once: by a frame, by silence or by the socket's end. @returns false: it was before */
  #settle(): boolean {
    if (this.#patience === null) return false;
    clearTimeout(this.#patience);
    this.#patience = null;
    this.settings.onSettled(this);
    return true;
  }

  #refuse(reason: string, code: number = CLOSE.protocolError): void {
    if (!this.#settle()) return;
    const { conn, emit } = this.settings;
    this.socket.send(errorReply(reason));
    emit({ type: 'handshake.failed', conn, reason });
    this.#ending.close(code, reason);
  }

  #accept(version: ProtocolVersion): void {
    this.#settle();
    const { conn, peer, deadlines, agentAllowance, emit } = this.settings;
    this.#inbound.use(agentAllowance);
    this.#liveness = watchLiveness(this.socket, deadlines, () => {
      this.#ending.terminate(`nothing received for ${deadlines.lostAfterMs} ms`);
    });
    this.socket.send(versionReply(version, conn));
    emit({ type: 'agent.connected', conn, peer, version });
  }

  /** Answers may wait unsent. */
  #expectReader(): void {
    if (this.socket.bufferedAmount > MAX_UNSENT_BYTES)
      this.#ending.terminate('the agent does not read: too many bytes wait');
  }

  /** No more will come, but what waits is still delivered. */
  #end(code: number, reason: Buffer): void {
    const { conn, emit, onEnding, onClosed } = this.settings;
    this.#liveness?.stop();
    const why = this.#ending.describe(code, reason);
    onEnding(this);
    this.#inbound.end(() => {
      this.#refuse(why);
      if (this.#liveness !== null) emit({ type: 'agent.lost', conn, reason: why });
      onClosed(this);
    });
  }
}
