/** The two servers under the link: node's HTTP server and ws, which takes sockets over from it. */
import { createServer, type Server } from 'node:http';
import { WebSocketServer, type ServerOptions } from 'ws';
import { MAX_FRAME_BYTES, MAX_SOCKETS, type Deadlines } from './limits';

/** The slow and the silent are dropped before they have a websocket, too. */
export const httpServer = ({ handshakeMs }: Deadlines): Server => {
  const server = createServer({
    headersTimeout: handshakeMs,
    requestTimeout: handshakeMs,
    connectionsCheckingInterval: Math.ceil(handshakeMs / 4),
  });
  server.maxConnections = MAX_SOCKETS;
  return server;
};

export const websocketServer = ({ closeMs }: Deadlines): WebSocketServer => {
  // closeTimeout is not in @types/ws yet.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: () => false,
    closeTimeout: closeMs,
  };
  return new WebSocketServer(options);
};

/** Begins to listen. @returns where; rejects when the address cannot be bound. */
export const bind = (
  server: Server,
  host: string,
  port: number,
): Promise<{ readonly host: string; readonly port: number }> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
      resolve({ host: address.address, port: address.port });
    });
  });

/** Stops listening and resolves when the last socket is gone, websockets included. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
