/**
 * A TCP proxy before a server, to make the network bad: slow, or a black hole that takes everything
 * and answers nothing. Its kernel still acknowledges what it gets, so a cut route with TCP's own
 * time-outs is not shown by it.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Proxy {
  readonly port: number;
  /** From now on the server's answers come so much later. */
  delay(ms: number): void;
  /** From now on nothing passes, in either direction; new connections are taken all the same. */
  swallow(): void;
  /** Lets the next thing that the client says with this text in it pass, and then nothing more. */
  swallowAfter(text: string): void;
  /** Lets pass what comes from now on; connections that lost something stay broken. */
  pass(): void;
  /** Connections taken up to now. */
  readonly taken: () => number;
  stop(): Promise<void>;
}

const proxies = new Set<Proxy>();

/** Belongs into afterEach. */
export const stopProxies = async (): Promise<void> => {
  await Promise.all([...proxies].map((proxy) => proxy.stop()));
};

export const startProxy = async (toPort: number): Promise<Proxy> => {
  let delayMs = 0;
  let isHole = false;
  let lastWords: string | null = null;
  let taken = 0;
  const sockets = new Set<Socket>();

  const carry = (from: Socket, to: Socket, late: () => number): void => {
    let order = Promise.resolve();
    sockets.add(from);
    from.on('data', (bytes) => {
      if (isHole) return;
      isHole = lastWords !== null && bytes.includes(lastWords);
      order = order.then(async () => {
        if (late() > 0) await sleep(late());
        to.write(bytes);
      });
    });
    from.on('error', () => undefined); // A close follows.
    from.on('close', () => {
      sockets.delete(from);
      void order.then(() => {
        if (!isHole) to.destroySoon();
      });
    });
  };

  const server = createServer((client) => {
    taken += 1;
    const upstream = connect(toPort, '127.0.0.1');
    carry(client, upstream, () => 0);
    carry(upstream, client, () => delayMs);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: Proxy = {
    port: (server.address() as AddressInfo).port,
    delay: (ms) => {
      delayMs = ms;
    },
    swallow: () => {
      isHole = true;
    },
    swallowAfter: (text) => {
      lastWords = text;
    },
    pass: () => {
      isHole = false;
      lastWords = null;
    },
    taken: () => taken,
    stop: async () => {
      proxies.delete(proxy);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  proxies.add(proxy);
  return proxy;
};
