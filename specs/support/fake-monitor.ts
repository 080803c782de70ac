/** A monitor of the tests: a real websocket server that says only what it is told to say, for the embedded agent. */
import { once } from 'node:events';
import { WebSocketServer, type WebSocket } from 'ws';
import { frameQueue } from './frame-queue';

export interface AgentFrame {
  readonly type: string;
  readonly id: number;
  readonly content: object;
}

export interface MonitorSide {
  /** The next frame of the agent as text, the version range first. */
  nextText(): Promise<string>;
  /** The next frame that is no HealthCheck. */
  next(): Promise<AgentFrame>;
  send(frame: object): void;
  readonly socket: WebSocket;
  readonly authorization: string | undefined;
}

export interface FakeMonitor {
  readonly url: string;
  readonly port: number;
  /** The next connection, before any word was said. */
  accept(): Promise<MonitorSide>;
  /** The next connection, after v1.1 was agreed on. */
  acceptAgent(): Promise<MonitorSide>;
  stop(): Promise<void>;
}

const parseFrame = (text: string): AgentFrame => JSON.parse(text) as AgentFrame;

const sideOf = (socket: WebSocket, authorization: string | undefined): MonitorSide => {
  const frames = frameQueue();
  socket.on('message', (data: Buffer) => {
    frames.push(data.toString('utf8'));
  });
  socket.on('close', (code) => {
    frames.end(new Error(`the agent is gone: ${code}`));
  });
  return {
    nextText: () => frames.next(),
    next: async () => {
      let frame = parseFrame(await frames.next());
      while (frame.type === 'HealthCheck') frame = parseFrame(await frames.next());
      return frame;
    },
    send: (frame) => {
      socket.send(JSON.stringify(frame));
    },
    socket,
    authorization,
  };
};

/** Listens on the loopback; port 0 chooses a free one. */
export const startFakeMonitor = async (port = 0): Promise<FakeMonitor> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port, path: '/monitor' });
  const sides: MonitorSide[] = [];
  const waiting: ((side: MonitorSide) => void)[] = [];
  server.on('connection', (socket, request) => {
    const side = sideOf(socket, request.headers.authorization);
    const taker = waiting.shift();
    if (taker === undefined) sides.push(side);
    else taker(side);
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  const accept = (): Promise<MonitorSide> => {
    const side = sides.shift();
    return side === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(side);
  };
  return {
    url: `ws://127.0.0.1:${address.port}/monitor`,
    port: address.port,
    accept,
    acceptAgent: async () => {
      const side = await accept();
      await side.nextText();
      side.send({ version: 2, features: ['scale-request'], conn: '00ff' });
      return side;
    },
    stop: async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
};
