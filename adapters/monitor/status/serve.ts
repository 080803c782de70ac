/**
 * Answers `vm-monitor status`: each connection to a unix socket is given one JSON document and is
 * closed. What callers send is thrown away: there is nothing to ask for but this.
 *
 * If we die the next instant the socket stays as a file that refuses connections: the next monitor
 * of this port replaces it (claim-socket.ts).
 */
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import * as E from 'fp-ts/Either';
import { fileFailure } from '../../shared/node-error';
import { claimSocket } from './claim-socket';
import { StatusReport } from './report';
import { STATUS_ANSWER_MS } from './socket-path';

/** People and scripts that ask at the same time; further ones are hung up on. */
export const MAX_CALLERS = 8;

export interface StatusServer {
  /** Hangs up on all callers and takes the socket away. */
  close(): Promise<void>;
}

/** Gives the document, then hangs up; who does not take it within the time is hung up on. */
const answer = (socket: Socket, text: string, answerMs: number): void => {
  const deadline = setTimeout(() => socket.destroy(), answerMs);
  socket.on('close', () => {
    clearTimeout(deadline);
  });
  // A caller that is gone needs no answer; 'close' follows.
  socket.on('error', () => undefined);
  socket.resume();
  socket.end(text);
};

const documentServer = (report: () => StatusReport, answerMs: number, callers: Set<Socket>): Server => {
  const server = createServer((socket) => {
    callers.add(socket);
    socket.on('close', () => callers.delete(socket));
    answer(socket, `${JSON.stringify(StatusReport.encode(report()))}\n`, answerMs);
  });
  server.maxConnections = MAX_CALLERS;
  return server;
};

const listen = async (server: Server, path: string): Promise<void> => {
  server.listen(path);
  await once(server, 'listening');
  // From here on only a call that cannot be taken (no descriptor left): it goes unanswered.
  server.on('error', () => undefined);
};

const close = async (server: Server, callers: ReadonlySet<Socket>): Promise<void> => {
  // Node unlinks the socket, too.
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of callers) socket.destroy();
  await closed;
};

/**
 * Serves the report at `path` (mode 0600), whose directory is made if need be. Never rejects. Left:
 * why there can be no socket, one line that names it; the monitor logs it and goes on (rule R9).
 *
 * @param report called once for each caller
 * @param answerMs a shorter one is for tests
 */
export const serveStatus = async (
  path: string,
  report: () => StatusReport,
  answerMs = STATUS_ANSWER_MS,
): Promise<E.Either<string, StatusServer>> => {
  const claimed = await claimSocket(path);
  if (E.isLeft(claimed)) return claimed;
  const callers = new Set<Socket>();
  const server = documentServer(report, answerMs, callers);
  try {
    await listen(server, path);
    await chmod(path, 0o600);
    return E.right({ close: () => close(server, callers) });
  } catch (error) {
    await close(server, callers);
    return E.left(`status socket ${fileFailure(path, error).message}`);
  }
};
