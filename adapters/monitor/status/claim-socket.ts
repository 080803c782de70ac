/**
 * Makes the place for a unix socket: a directory that nobody else can write, and no socket of a dead
 * process in the way. (A monitor holds its TCP port before it comes here, so two that claim one
 * socket at the same instant would have to listen on one port of different addresses.)
 */
import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import * as E from 'fp-ts/Either';
import { fileFailure } from '../../shared/node-error';
import { claimDirectory } from '../../shared/own-directory';

/** struct sockaddr_un, unix(7): 108 bytes with the closing zero. */
const MAX_SOCKET_PATH_BYTES = 107;

type Holder = 'nobody' | 'dead' | 'alive';

/** Whatever else goes wrong (EACCES, EAGAIN of a full queue), it is not known to be dead. */
const HOLDER_BY_ERROR: Readonly<Record<string, Holder>> = { ENOENT: 'nobody', ECONNREFUSED: 'dead' };

/** A unix socket answers at once or not at all, so this needs no deadline. */
const holderOf = (path: string): Promise<Holder> =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve('alive');
    });
    socket.on('error', (error) => {
      resolve(HOLDER_BY_ERROR[fileFailure(path, error).code] ?? 'alive');
    });
  });

/** Left: what is in the way. */
const removeDead = async (path: string): Promise<E.Either<string, void>> => {
  const holder = await holderOf(path);
  if (holder === 'nobody') return E.right(undefined);
  if (holder === 'alive') return E.left(`${path}: another monitor answers there`);
  // A plain file or a link refuses connections, too; nobody puts one there but by mistake or malice.
  if (!(await lstat(path)).isSocket()) return E.left(`${path}: exists and is no socket`);
  await unlink(path);
  return E.right(undefined);
};

const claim = async (path: string): Promise<E.Either<string, void>> => {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES)
    return E.left(`${path}: longer than ${MAX_SOCKET_PATH_BYTES} bytes`);
  const claimed = claimDirectory(dirname(path));
  return E.isLeft(claimed) ? claimed : removeDead(path);
};

/** After it, `path` can be bound. Never rejects. */
export const claimSocket = async (path: string): Promise<E.Either<string, void>> => {
  try {
    return E.mapLeft((problem: string) => `status socket ${problem}`)(await claim(path));
  } catch (error) {
    return E.left(`status socket ${fileFailure(path, error).message}`);
  }
};
