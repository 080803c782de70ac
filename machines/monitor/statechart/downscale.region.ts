/**
 * A DownscaleRequest from the check to the answer: check (rule R5, judged by the engine on a fresh
 * sample), then the file cache, then the check again, as use may have grown meanwhile, then the approval,
 * upon which the limits follow. Every request is answered within 3 s.
 *
 *   idle → shrinkingCache → judging → idle
 *
 * `judging` is over with the next sample, which shows what the cache has given back; without one when time is up.
 */
import { assertEvent } from 'xstate';
import { isAgentLost } from './agent.region';
import { fileCacheBytes } from './cache-size';
import { downscaleActions } from './downscale.actions';
import { cancelTimer, monitorSetup, startTimer, type Scope } from './setup';

const isCacheFailing = ({ context }: Scope): boolean => context.fileCache.failures > 0;
/** A cache on disk takes no memory: its failure does not stand in the way. A cache in memory does. */
const isCacheOnDisk = ({ context }: Scope): boolean => context.config.fileCache === 'disk';

export const downscaleGuards = {
  'agent.isLost': isAgentLost,
  'downscale.isRefused': ({ event }: Scope): boolean => {
    assertEvent(event, ['downscale.requested', 'downscale.judged']);
    return !event.check.ok;
  },
  'downscale.needsNoCacheWork': ({ context, event }: Scope): boolean => {
    assertEvent(event, 'downscale.requested');
    const { config, fileCache } = context;
    if (config.fileCache === 'absent') return true;
    return fileCache.sizeBytes !== null && fileCache.sizeBytes <= event.cacheBytes;
  },
  /** An outcome of an earlier, larger request does not make room yet. */
  'downscale.isCacheSmallEnough': ({ context, event }: Scope): boolean => {
    assertEvent(event, 'fileCache.resized');
    const { config, downscale } = context;
    return (
      downscale === null || event.sizeBytes <= (downscale.cacheBytes ?? fileCacheBytes(config, downscale.target.mem))
    );
  },
  'downscale.isCacheFailing': isCacheFailing,
  'downscale.isCacheOnDisk': isCacheOnDisk,
  'downscale.isCacheOnDiskFailing': (scope: Scope): boolean => isCacheFailing(scope) && isCacheOnDisk(scope),
};

const giveUpOnCache = [
  { guard: 'downscale.isCacheOnDisk', target: 'judging', actions: 'downscale.goOnWithoutCache' },
  { target: 'idle', actions: ['downscale.refuseForCache', 'downscale.abandon'] },
] as const;

/** Nobody waits for the answer any more. */
const left = {
  'agent.connected': { target: 'idle', actions: 'downscale.abandon' },
  'agent.lost': { guard: 'agent.isLost', target: 'idle', actions: 'downscale.abandon' },
} as const;

export const downscaleRegion = monitorSetup
  .extend({ actions: downscaleActions, guards: downscaleGuards })
  .createStateConfig({
    initial: 'idle',
    states: {
      idle: {
        entry: cancelTimer('downscale'),
        on: {
          'downscale.requested': [
            { guard: 'downscale.isRefused', actions: 'downscale.refuse' },
            // Rule R5 alone decides; the smaller cache is for a server that has one after all.
            {
              guard: 'hasNoFileCache',
              actions: ['downscale.remember', 'downscale.wantSmallerCache', 'downscale.approve'],
            },
            { guard: 'downscale.needsNoCacheWork', actions: ['downscale.remember', 'downscale.approve'] },
            {
              guard: 'downscale.isCacheOnDiskFailing',
              actions: [
                'downscale.remember',
                'downscale.wantSmallerCache',
                'downscale.goOnWithoutCache',
                'downscale.approve',
              ],
            },
            {
              guard: 'downscale.isCacheFailing',
              actions: ['downscale.remember', 'downscale.refuseForCache', 'downscale.abandon'],
            },
            { target: 'shrinkingCache', actions: ['downscale.remember', 'downscale.wantSmallerCache'] },
          ],
        },
      },
      shrinkingCache: {
        entry: startTimer('downscale'),
        on: {
          'downscale.requested': { actions: 'downscale.refuseSecond' },
          'fileCache.resized': { guard: 'downscale.isCacheSmallEnough', target: 'judging' },
          'fileCache.notOffered': 'judging',
          'fileCache.failed': giveUpOnCache,
          'fileCache.lost': giveUpOnCache,
          'downscale.overdue': giveUpOnCache,
          ...left,
        },
      },
      judging: {
        on: {
          'downscale.requested': { actions: 'downscale.refuseSecond' },
          ...left,
          'downscale.judged': [
            {
              guard: 'downscale.isRefused',
              target: 'idle',
              actions: ['downscale.refuseAfterAll', 'downscale.abandon'],
            },
            { target: 'idle', actions: 'downscale.approve' },
          ],
        },
      },
    },
  });
