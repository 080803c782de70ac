/**
 * What was requested, granted, denied. The request is repeated until it is true (rule R7).
 *
 *   settled ⇄ capped                    nothing to ask; capped: more memory is needed than the largest size gives
 *   requesting: asked → unanswered | partlyGranted | denied
 *   shrinking                           a smaller size was approved and is watched until it is there
 */
import { sizingActions } from './sizing.actions';
import { sameSize } from '../../shared/sizing';
import { monitorSetup, startTimer, type Scope } from './setup';
import { isRepeatable, isSatisfied, requestedSize } from './request';

export const sizingGuards = {
  'sizing.isSatisfied': ({ context }: Scope): boolean => isSatisfied(context),
  'sizing.isUnsatisfied': ({ context }: Scope): boolean => !isSatisfied(context),
  'sizing.isSatisfiedWhileShrinking': ({ context }: Scope): boolean => context.shrink !== null && isSatisfied(context),
  'sizing.isNotShrinking': ({ context }: Scope): boolean => context.shrink === null,
  'sizing.isCapped': ({ context }: Scope): boolean => context.capped,
  'sizing.isUncapped': ({ context }: Scope): boolean => !context.capped,
  /** The agent has been asked for just this; that the windows are full now, or that more is needed, is no news to it. */
  'sizing.isSaidAlready': ({ context, event }: Scope): boolean => {
    if (event.type !== 'desired.changed' || event.urgent) return false;
    const { desired, withheld } = event;
    const requested = requestedSize({ ...context, desired, withheld });
    const lastRequest = context.conn?.lastRequest ?? null;
    return requested !== null && lastRequest !== null && sameSize(requested, lastRequest);
  },
  /** The agent of this connection goes by floors, and has had the present request. */
  'sizing.isRepeatable': ({ context }: Scope): boolean => isRepeatable(context),
  /** Only a real VM can be watched shrinking. */
  'sizing.isWatchable': ({ context }: Scope): boolean => context.config.sizeFrom === 'kernel',
  'sizing.answersScaleRequest': ({ context, event }: Scope): boolean =>
    event.type === 'request.rejected' &&
    context.config.scaleRequests === 'auto' &&
    context.conn !== null &&
    context.conn.scaleRequests !== 'rejected' &&
    context.conn.scaleRequestIds.includes(event.id),
};

export const sizingRegion = monitorSetup.extend({ actions: sizingActions, guards: sizingGuards }).createStateConfig({
  initial: 'settled',
  on: {
    'desired.changed': { actions: 'sizing.takeDesired' },
    'pressure.critical': { actions: 'sizing.takeFloor' },
    'floor.changed': { actions: 'sizing.changeFloor' },
    'floor.moved': { guard: 'sizing.isRepeatable', actions: 'sizing.tellFloor' },
    'size.assumed': { actions: 'sizing.assumeSize' },
    'size.observed': { actions: 'sizing.endShrink' },
    'shrink.overdue': { actions: 'sizing.endShrink' },
    'upscale.notified': { actions: ['sizing.takeGranted', 'sizing.endShrink'] },
    'upscale.applied': { actions: 'sizing.confirmUpscale' },
    'vm.informed': { actions: 'sizing.takeInfo' },
    'request.rejected': { guard: 'sizing.answersScaleRequest', actions: 'sizing.fallBack' },
    'downscale.requested': { actions: 'sizing.noteObedience' },
    'downscale.approved': [
      { guard: 'sizing.isWatchable', target: '.shrinking', actions: ['sizing.beginShrink', 'sizing.takeApproved'] },
      { actions: 'sizing.takeApproved' },
    ],
  },
  states: {
    settled: {
      always: [
        { guard: 'sizing.isUnsatisfied', target: 'requesting' },
        { guard: 'sizing.isCapped', target: 'capped' },
      ],
    },
    capped: {
      always: [
        { guard: 'sizing.isUnsatisfied', target: 'requesting' },
        { guard: 'sizing.isUncapped', target: 'settled' },
      ],
    },
    requesting: {
      initial: 'sent',
      entry: [startTimer('answer'), 'sizing.beginRequest', 'sizing.request'],
      exit: 'sizing.endRequest',
      always: [
        { guard: 'sizing.isSatisfiedWhileShrinking', target: 'shrinking' },
        { guard: 'sizing.isSatisfied', target: 'settled' },
      ],
      on: {
        'desired.changed': [
          { guard: 'sizing.isSaidAlready', actions: 'sizing.takeDesired' },
          {
            target: '.sent',
            actions: ['sizing.takeDesired', startTimer('answer'), 'sizing.beginRequest', 'sizing.request'],
          },
        ],
        'agent.ready': { target: '.sent', actions: [startTimer('answer'), 'sizing.beginRequest', 'sizing.request'] },
        'resend.due': { actions: 'sizing.request' },
        'upscale.notified': { target: '.partlyGranted', actions: ['sizing.takeGranted', 'sizing.endShrink'] },
        'scale.denied': { target: '.denied', actions: 'sizing.takeDenial' },
      },
      states: {
        sent: { on: { 'answer.overdue': { target: 'unanswered', actions: 'sizing.doubtObedience' } } },
        unanswered: {},
        partlyGranted: {},
        denied: {},
      },
    },
    shrinking: {
      always: [
        { guard: 'sizing.isUnsatisfied', target: 'requesting' },
        { guard: 'sizing.isNotShrinking', target: 'settled' },
      ],
    },
  },
});
