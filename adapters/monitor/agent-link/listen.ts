/** The websocket server that agents connect to, and the stream of what they do. */
import * as E from 'fp-ts/Either';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Subject, type Observable } from 'rxjs';
import { WebSocketServer, type ServerOptions } from 'ws';
import { KIB } from '../../../machines/shared/units';
import { bind, boundedHttpServer, closeServer } from '../../shared/http-server';
import { refusalOf, type AccessRules, type Refusal } from './access';
import { MAX_ENDING, MAX_HANDSHAKES, trackConnections } from './connections';
import { CLOSE } from './ending';
import { redactEvent, type LinkEvent } from './events';
import { DEADLINES, type Deadlines } from './deadlines';
import { parseCidr, peerFilter, plainAddress } from '../../shared/peers';
import { createPlaces } from './places';
import { tokenRedactor } from './token';

/** A refusal is said over HTTP, to a plain request and to an upgrade alike, and ends the connection. */
const headersOf = ({ message, headers }: Refusal): Readonly<Record<string, string>> => ({
  Connection: 'close',
  'Content-Type': 'text/plain; charset=utf-8',
  'Content-Length': String(Buffer.byteLength(message)),
  ...headers,
});

const refuseRequest = (response: ServerResponse, refusal: Refusal): void => {
  response.writeHead(refusal.status, headersOf(refusal)).end(refusal.message);
};

/** After an `upgrade` event the socket is ours: there is no ServerResponse to write with. */
const refuseUpgrade = (socket: Duplex, refusal: Refusal): void => {
  const head = Object.entries(headersOf(refusal)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${head.join('')}\r\n${refusal.message}`,
  );
};

/** Sockets that have not been upgraded, also those that have sent nothing yet. One more costs the oldest its place. */
export const MAX_SOCKETS = 512;
/** The same for addresses that may not connect: enough to answer them, and apart, so that they cost no one else a place. */
export const MAX_STRANGERS = 8;
/** All of the above, and room for agents on their way from one to the other: never reached, the last resort. */
const MAX_CONNECTIONS = 2 * (MAX_SOCKETS + MAX_STRANGERS + MAX_HANDSHAKES + MAX_ENDING);

export interface AgentLinkOptions {
  readonly host: string;
  /** 0: the kernel chooses a free one. */
  readonly port: number;
  /** CIDR blocks; empty: any. */
  readonly allowPeers: readonly string[];
  /** Values of the Origin header that are let in; a request without Origin always is. */
  readonly allowOrigins: readonly string[];
  /** Asked for as `Authorization: Bearer`; null: none is asked for. */
  readonly token: string | null;
}

export interface AgentLink {
  /** Where it really listens. */
  readonly address: { readonly host: string; readonly port: number };
  /** Hot: subscribe in the tick in which the link is handed out. Completes after shutdown. */
  readonly events: Observable<LinkEvent>;
  /** Sends a text frame; a connection that is gone is passed over. */
  send(conn: string, text: string): void;
  /** Closes with a Close frame (code as in RFC 6455 §7.4, reason cut to what fits). */
  close(conn: string, code: number, reason: string): void;
  /** Closes the listener and all connections; takes at most `deadlines.closeMs`. */
  shutdown(): Promise<void>;
}

const NO_UPGRADE: Refusal = { status: 400, message: 'bad upgrade' };

const accessRules = ({ token, allowPeers, allowOrigins }: AgentLinkOptions): AccessRules => {
  if (token === '') throw new Error('token: must not be empty');
  const blocks = allowPeers.map(parseCidr).map(
    E.getOrElseW((problem) => {
      throw new Error(`allowPeers: ${problem}`);
    }),
  );
  return { token, allowOrigins, isPeerAllowed: peerFilter(blocks) };
};

const peerOf = ({ socket }: IncomingMessage): string => {
  const address = plainAddress(socket.remoteAddress ?? 'unknown');
  return `${address.includes(':') ? `[${address}]` : address}:${socket.remotePort ?? 0}`;
};

/** Sockets before their upgrade. Who may not connect has places apart, and is answered by the HTTP checks. */
const waitingSockets = ({ isPeerAllowed }: AccessRules) => {
  const evict = (oldest: Duplex): void => void oldest.destroy();
  const newcomers = createPlaces(MAX_SOCKETS, evict);
  const strangers = createPlaces(MAX_STRANGERS, evict);
  return {
    /** Gives a fresh socket its place. */
    admit: (socket: Socket): void => {
      const places = isPeerAllowed(plainAddress(socket.remoteAddress ?? '')) ? newcomers : strangers;
      places.take(socket);
      socket.once('close', () => {
        places.giveUp(socket);
      });
    },
    /** It has become a websocket. */
    release: newcomers.giveUp,
  };
};

/** Our longest inbound message is far under 1 KiB; the rest is room for error texts. ws closes with 1009. */
const MAX_FRAME_BYTES = 64 * KIB;

const websocketServer = ({ closeMs }: Deadlines): WebSocketServer => {
  // closeTimeout is not in @types/ws yet.
  const options: ServerOptions & { closeTimeout: number } = {
    // Pings are answered by us, as fast as the allowance lets them: ws would end the connection of a burst of 60.
    autoPong: false,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: () => false,
    closeTimeout: closeMs,
  };
  return new WebSocketServer(options);
};

/**
 * Starts to listen.
 *
 * @param deadlines shorter ones are for tests
 * @throws (rejects) when the address cannot be bound, a block of `allowPeers` is malformed or the token is empty.
 */
export const listenForAgents = async (
  options: AgentLinkOptions,
  deadlines: Deadlines = DEADLINES,
): Promise<AgentLink> => {
  const rules = accessRules(options);
  const redact = tokenRedactor(options.token);
  const events = new Subject<LinkEvent>();
  const connections = trackConnections(deadlines, (event) => {
    events.next(redactEvent(event, redact));
  });
  // The slow and the silent are dropped before they have a websocket, too.
  const server = boundedHttpServer({ requestMs: deadlines.handshakeMs, maxSockets: MAX_CONNECTIONS });
  const waiting = waitingSockets(rules);
  const websockets = websocketServer(deadlines);

  server.on('connection', waiting.admit);
  server.on('request', (request, response) => {
    refuseRequest(response, refusalOf(request, rules) ?? NO_UPGRADE);
  });
  server.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, rules);
    if (refusal !== null) {
      refuseUpgrade(socket, refusal);
      return;
    }
    websockets.handleUpgrade(request, socket, head, (websocket) => {
      waiting.release(socket);
      connections.open(websocket, peerOf(request));
    });
  });
  const address = await bind(server, options.host, options.port);
  return {
    address,
    events: events.asObservable(),
    send: (conn, text) => connections.find(conn)?.send(text),
    close: (conn, code, reason) => connections.find(conn)?.close(code, reason),
    shutdown: async () => {
      await Promise.all([closeServer(server), connections.closeAll(CLOSE.goingAway, 'the monitor stops')]);
      events.complete();
    },
  };
};
