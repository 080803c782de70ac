/** The actors of a running monitor. */
import type { AgentLink } from '../agent-link';
import { effectActor, type EffectActors } from './effects';

const NOT_BUILT = 'not in this version';

/**
 * The file cache and the cgroup's limits are not touched by this version: the statechart has both
 * regions absent and never issues their commands (adapters/runtime/engine-setup.ts).
 */
export const createActors = (link: AgentLink): EffectActors => ({
  'connection.close': effectActor(({ command }) => {
    link.close(command.conn, command.code, command.reason);
    return Promise.resolve(null);
  }),
  'fileCache.connect': effectActor(({ id }) => Promise.resolve({ type: 'fileCache.failed', id, reason: NOT_BUILT })),
  'fileCache.resize': effectActor(({ id }) => Promise.resolve({ type: 'fileCache.failed', id, reason: NOT_BUILT })),
  'limits.apply': effectActor(({ id }) => Promise.resolve({ type: 'limits.failed', id, reason: NOT_BUILT })),
});
