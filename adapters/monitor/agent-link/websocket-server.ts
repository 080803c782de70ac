/** ws, which takes sockets over from node's HTTP server. */
import { WebSocketServer, type ServerOptions } from 'ws';
import { type Deadlines } from './deadlines';
import { KIB } from '../../../machines/shared/units';

/** Our longest inbound message is far under 1 KiB; the rest is room for error texts. ws closes with 1009. */
const MAX_FRAME_BYTES = 64 * KIB;

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
