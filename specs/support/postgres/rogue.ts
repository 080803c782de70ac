/** A server that speaks Postgres' protocol as far as the script goes, and then says whatever the test wants. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/** A message of the server: a type, the length of what follows (itself included), the body. */
export const message = (type: string, body: Buffer | string = '', length = Buffer.byteLength(body) + 4): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(length, 1);
  return Buffer.concat([head, Buffer.from(body)]);
};

export const AUTHENTICATED = message('R', Buffer.alloc(4));
export const READY = message('Z', 'I');
export const notice = (text: string): Buffer => message('N', `SNOTICE\0C00000\0M${text}\0\0`);
export const failure = (text: string): Buffer => message('E', `SERROR\0C42704\0M${text}\0\0`);
export const parameter = (name: string, value: string): Buffer => message('S', `${name}\0${value}\0`);

/** A row of one column with this text. */
export const row = (text: string): Buffer => {
  const head = Buffer.alloc(6);
  head.writeInt16BE(1);
  head.writeInt32BE(Buffer.byteLength(text), 2);
  return message('D', Buffer.concat([head, Buffer.from(text)]));
};

/** The description of rows of one column of type text. */
export const columns = (name = 'a'): Buffer => {
  const rest = Buffer.alloc(18);
  rest.writeInt32BE(25, 6);
  return message('T', Buffer.concat([Buffer.from([0, 1]), Buffer.from(`${name}\0`), rest]));
};

/** Says the same until the other side hangs up. */
export const flood = (to: Duplex, chunk: Buffer): void => {
  const push = (): void => {
    while (!to.destroyed && to.write(chunk));
  };
  to.on('drain', push);
  push();
};

type Say = (to: Duplex) => void;

export interface Script {
  /** Upon the startup message; by default everybody is let in. */
  readonly login?: Say;
  /** Upon each statement; by default there is no answer. */
  readonly statement?: Say;
  /** Offers TLS with this key and certificate. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

export interface Rogue {
  readonly port: number;
  readonly dsn: string;
  /** Connections taken up to now. */
  readonly taken: () => number;
  stop(): Promise<void>;
}

const rogues = new Set<Rogue>();

/** Belongs into afterEach. */
export const stopRogues = async (): Promise<void> => {
  await Promise.all([...rogues].map((rogue) => rogue.stop()));
};

const letIn: Say = (to) => to.write(Buffer.concat([AUTHENTICATED, READY]));

const converse = (to: Duplex, { login = letIn, statement = () => undefined }: Script): void => {
  to.on('error', () => undefined); // It is hung up on: that is the point.
  to.once('data', () => {
    to.on('data', () => {
      statement(to);
    });
    login(to);
  });
};

const greet = (socket: Socket, script: Script): void => {
  if (script.tls === undefined) {
    converse(socket, script);
    return;
  }
  const { tls } = script;
  socket.on('error', () => undefined);
  socket.once('data', () => {
    socket.write('S');
    converse(new TLSSocket(socket, { isServer: true, ...tls }), script);
  });
};

export const startRogue = async (script: Script): Promise<Rogue> => {
  const sockets = new Set<Socket>();
  let taken = 0;
  const server = createServer((socket) => {
    taken += 1;
    sockets.add(socket);
    greet(socket, script);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const rogue: Rogue = {
    port,
    dsn: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    taken: () => taken,
    stop: async () => {
      rogues.delete(rogue);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  rogues.add(rogue);
  return rogue;
};
