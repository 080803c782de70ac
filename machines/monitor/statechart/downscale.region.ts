/**
 * A DownscaleRequest from the check to the answer: check (rule R5, judged by the engine on a fresh
 * sample), then the file cache, then the check again, as use may have grown meanwhile, then the approval,
 * upon which the limits follow. Every request is answered within 3 s.
 *
 *   idle → shrinkingCache → judging → idle
 *
 * `judging` is over within the step that begins it: the engine judges at the end of each.
 */
import { assertEvent } from 'xstate';
import { isAgentLost } from './agent.region';
import { fileCacheBytes } from './cache-size';
import * as act from './downscale.actions';
import { monitorSetup, type Scope } from './setup';

const isRefused = ({ event }: Scope): boolean => {
  assertEvent(event, ['downscale.requested', 'downscale.judged']);
  return !event.check.ok;
};

const needsNoCacheWork = ({ context, event }: Scope): boolean => {
  assertEvent(event, 'downscale.requested');
  const { config, fileCache } = context;
  if (config.fileCache === 'absent') return true;
  return fileCache.sizeBytes !== null && fileCache.sizeBytes <= fileCacheBytes(config, event.target.mem);
};

/** An outcome of an earlier, larger wish does not make room yet. */
const isCacheSmallEnough = ({ context, event }: Scope): boolean => {
  assertEvent(event, 'fileCache.resized');
  return context.downscale === null || event.sizeBytes <= fileCacheBytes(context.config, context.downscale.target.mem);
};

const isCacheFailing = ({ context }: Scope): boolean => context.fileCache.failures > 0;
/** A cache on disk takes no memory: its failure does not stand in the way. A cache in memory does. */
const isCacheOnDisk = ({ context }: Scope): boolean => context.config.fileCache === 'disk';

const giveUpOnCache = [
  { guard: isCacheOnDisk, target: 'judging' as const, actions: act.goOnWithoutCache },
  { target: 'idle' as const, actions: act.refuseForCache },
];

export const downscaleRegion = monitorSetup.createStateConfig({
  initial: 'idle',
  states: {
    idle: {
      on: {
        'downscale.requested': [
          { guard: isRefused, actions: act.refuse },
          // Rule R5 alone decides; the smaller cache is for a server that has one after all.
          { guard: 'hasNoFileCache', actions: [act.remember, act.wantSmallerCache, act.approve] },
          { guard: needsNoCacheWork, actions: [act.remember, act.approve] },
          {
            guard: (scope: Scope): boolean => isCacheFailing(scope) && isCacheOnDisk(scope),
            actions: [act.remember, act.wantSmallerCache, act.goOnWithoutCache, act.approve],
          },
          { guard: isCacheFailing, actions: [act.remember, act.refuseForCache] },
          { target: 'shrinkingCache', actions: [act.remember, act.wantSmallerCache] },
        ],
      },
    },
    shrinkingCache: {
      entry: act.startDeadline,
      exit: act.cancelDeadline,
      on: {
        'downscale.requested': { actions: act.refuseSecond },
        'fileCache.resized': { guard: isCacheSmallEnough, target: 'judging' },
        'fileCache.notOffered': 'judging',
        'fileCache.failed': giveUpOnCache,
        'fileCache.lost': giveUpOnCache,
        'downscale.overdue': giveUpOnCache,
        'agent.connected': { target: 'idle', actions: act.abandon },
        'agent.lost': { guard: isAgentLost, target: 'idle', actions: act.abandon },
      },
    },
    judging: {
      on: {
        'downscale.judged': [
          { guard: isRefused, target: 'idle', actions: act.refuseAfterAll },
          { target: 'idle', actions: act.approve },
        ],
      },
    },
  },
});
