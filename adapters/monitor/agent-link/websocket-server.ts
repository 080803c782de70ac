/** ws, which takes sockets over from node's HTTP server. */
import { WebSocketServer, type ServerOptions } from 'ws';
import { MAX_FRAME_BYTES, type Deadlines } from './limits';

export const websocketServer = ({ closeMs }: Deadlines): WebSocketServer => {
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
