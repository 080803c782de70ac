/** An HTTP server that the slow and the silent cannot hold, for whoever serves something (rule R10). */
import { createServer, type Server } from 'node:http';

export interface HttpBounds {
  /** From the TCP connect to the end of the headers, and to the end of the request. */
  readonly requestMs: number;
  /** Sockets of any kind, also those that have sent nothing yet; further ones are hung up on. */
  readonly maxSockets: number;
}

export const boundedHttpServer = ({ requestMs, maxSockets }: HttpBounds): Server => {
  const server = createServer({
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.ceil(requestMs / 4),
  });
  server.maxConnections = maxSockets;
  return server;
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
      // From here on only a socket that cannot be taken (no descriptor left): it goes unanswered.
      server.on('error', () => undefined);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
      resolve({ host: address.address, port: address.port });
    });
  });

/** Stops listening and resolves when the last socket is gone, those included that were upgraded. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
