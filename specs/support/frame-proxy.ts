/**
 * A proxy between agents and a monitor that loses the first frames of some types; all others pass, in order. As frames
 * travel over TCP, only what stands between (a proxy, a process that is killed) loses one and keeps the connection.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { WebSocket, WebSocketServer } from 'ws';
import { textOf } from './test-agent';

const Typed = t.type({ type: t.string });

/** How many frames of each type are lost. */
export type Losses = Readonly<Record<string, number>>;

export interface FrameProxy {
  /** What an agent connects to in the monitor's place. */
  readonly url: string;
  /** Types of the frames that were lost up to now. */
  readonly lost: () => readonly string[];
  stop(): Promise<void>;
}

/** Null: a frame of the handshake. */
const typeOf = (text: string): string | null => {
  const frame = Typed.decode(JSON.parse(text));
  return E.isRight(frame) ? frame.right.type : null;
};

/** @param monitorUrl ws://HOST:PORT/monitor */
export const startFrameProxy = async (monitorUrl: string, losses: Losses): Promise<FrameProxy> => {
  const left = new Map(Object.entries(losses));
  const lost: string[] = [];

  const isLost = (text: string): boolean => {
    const type = typeOf(text);
    const count = type === null ? 0 : (left.get(type) ?? 0);
    if (type === null || count === 0) return false;
    left.set(type, count - 1);
    lost.push(type);
    return true;
  };
  const carry = (from: WebSocket, to: WebSocket, isOpen: Promise<boolean>): void => {
    from.on('message', (data) => {
      const text = textOf(data);
      if (isLost(text)) return;
      void isOpen.then((open) => {
        if (open) to.send(text);
      });
    });
    from.on('error', () => undefined); // A close follows.
    from.on('close', () => {
      to.terminate();
    });
  };

  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (agent) => {
    const monitor = new WebSocket(monitorUrl);
    const isOpen = once(monitor, 'open').then(
      () => true,
      () => false, // A close follows, and the agent is hung up on.
    );
    carry(agent, monitor, isOpen);
    carry(monitor, agent, isOpen);
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/monitor`,
    lost: () => lost,
    stop: async () => {
      for (const agent of server.clients) agent.terminate();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
};
