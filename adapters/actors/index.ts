/** The actors of a running monitor. */
import * as E from 'fp-ts/Either';
import type { AgentLink } from '../agent-link';
import type { FileCache } from '../file-cache';
import { effectActor, type EffectActors, type Outcome } from './effects';

const failed = (id: number, reason: string): Outcome => ({ type: 'fileCache.failed', id, reason });

const NO_CACHE = 'no Postgres is named (--pgconnstr)';
/** The statechart's region `limits` is absent in this version, so it never issues this. */
const NO_LIMITS = 'not in this version';

/** @param fileCache null: none is to be sized, and the statechart's region is absent */
export const createActors = (link: AgentLink, fileCache: FileCache | null): EffectActors => ({
  'connection.close': effectActor(({ command }) => {
    link.close(command.conn, command.code, command.reason);
    return Promise.resolve(null);
  }),
  'fileCache.connect': effectActor(async ({ id }, signal) => {
    if (fileCache === null) return failed(id, NO_CACHE);
    const connected = await fileCache.connect(signal);
    return E.isLeft(connected)
      ? failed(id, connected.left)
      : { type: 'fileCache.connected', id, maxBytes: connected.right.maxBytes };
  }),
  'fileCache.resize': effectActor(async ({ id, command }, signal) => {
    if (fileCache === null) return failed(id, NO_CACHE);
    const resized = await fileCache.resize(command.sizeBytes, signal);
    return E.isLeft(resized)
      ? failed(id, resized.left)
      : { type: 'fileCache.resized', id, sizeBytes: resized.right.sizeBytes };
  }),
  'limits.apply': effectActor(({ id }) => Promise.resolve({ type: 'limits.failed', id, reason: NO_LIMITS })),
});
