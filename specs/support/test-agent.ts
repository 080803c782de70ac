/**
 * An agent of the tests: a real websocket client that says only what it is told to say.
 *
 *   const agent = await connectAgent(`ws://127.0.0.1:${port}/monitor`);
 *   agent.send({ type: 'HealthCheck', content: {}, id: 2 });
 *   expect(await agent.next()).toBe('{"type":"HealthCheck","id":2}');
 */
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { WebSocket, type RawData } from 'ws';
import { frameQueue } from './frame-queue';

const VersionReply = t.partial({
  version: t.number,
  features: t.array(t.string),
  conn: t.string,
  error: t.string,
});
export type VersionReply = t.TypeOf<typeof VersionReply>;

export interface TestAgentOptions {
  /** Sent as the first frame; default `{"min":1,"max":1}`. */
  readonly range?: { readonly min: number; readonly max: number; readonly features?: readonly string[] };
  readonly token?: string;
  readonly origin?: string;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface TestAgent {
  /** The monitor's answer to the range. */
  readonly reply: VersionReply;
  /** The next frame, also one that came before; rejects when the connection ends without one. */
  next(): Promise<string>;
  /** Sends a text as it is, an object as JSON. */
  send(frame: string | object): void;
  /** Resolves at the end, whoever ended it. */
  readonly closed: Promise<Closed>;
  close(): Promise<Closed>;
  /** For what the above cannot do: binary frames, pings, pausing. */
  readonly socket: WebSocket;
}

/** The range of an agent that speaks v1.1. */
export const RANGE_V1_1 = { min: 1, max: 2, features: ['scale-request'] } as const;

/** Of a message as `ws` gives it by default. */
export const textOf = (data: RawData): string => {
  if (!Buffer.isBuffer(data)) throw new Error('expected one Buffer a message');
  return data.toString('utf8');
};

const headersOf = ({ token, origin }: TestAgentOptions): Record<string, string> => ({
  ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  ...(origin === undefined ? {} : { Origin: origin }),
});

/** A websocket that is open; rejects with `HTTP 403` or the like when the monitor refuses the upgrade. */
export const openSocket = (url: string, options: TestAgentOptions = {}): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers: headersOf(options) });
    socket.once('open', () => {
      resolve(socket);
    });
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`HTTP ${response.statusCode ?? 0}`));
      response.destroy();
    });
    socket.on('error', reject);
  });

/** Resolves when the socket is closed. */
export const closeOf = (socket: WebSocket): Promise<Closed> =>
  new Promise((resolve) => {
    socket.once('close', (code, reason) => {
      resolve({ code, reason: reason.toString('utf8') });
    });
  });

/** Connects and shakes hands. Rejects when the upgrade is refused or the connection ends without a reply. */
export const connectAgent = async (url: string, options: TestAgentOptions = {}): Promise<TestAgent> => {
  const socket = await openSocket(url, options);
  const frames = frameQueue();
  socket.on('message', (data) => {
    frames.push(textOf(data));
  });
  const closed = closeOf(socket).then((end) => {
    frames.end(new Error(`connection closed: ${end.code} ${end.reason}`));
    return end;
  });
  socket.send(JSON.stringify(options.range ?? { min: 1, max: 1 }));
  const reply = VersionReply.decode(JSON.parse(await frames.next()));
  if (E.isLeft(reply)) throw new Error('the version reply is ill-typed');
  return {
    reply: reply.right,
    next: () => frames.next(),
    send: (frame) => {
      socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    },
    closed,
    close: () => {
      socket.close(1000);
      return closed;
    },
    socket,
  };
};
