/** Says no over HTTP, to a plain request and to an upgrade alike, and ends the connection. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from './access';

const headersOf = ({ message, headers }: Refusal): Readonly<Record<string, string>> => ({
  Connection: 'close',
  'Content-Type': 'text/plain; charset=utf-8',
  'Content-Length': String(Buffer.byteLength(message)),
  ...headers,
});

export const refuseRequest = (response: ServerResponse, shmCap: Refusal): void => {
  response.writeHead(shmCap.status, headersOf(shmCap)).end(shmCap.message);
};

/** After an `upgrade` event the socket is ours: there is no ServerResponse to write with. */
export const refuseUpgrade = (socket: Duplex, shmCap: Refusal): void => {
  const head = Object.entries(headersOf(shmCap)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${shmCap.status} ${STATUS_CODES[shmCap.status] ?? ''}\r\n${head.join('')}\r\n${shmCap.message}`);
};
