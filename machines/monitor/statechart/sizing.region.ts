/**
 * What was asked, granted, denied. The wish is repeated until it is true (rule R7).
 *
 *   settled ⇄ capped                    nothing to ask; capped: more memory is needed than the largest size gives
 *   requesting: asked → unanswered | partlyGranted | denied
 *   shrinking                           a smaller size was approved and is watched until it is there
 */
import * as act from './sizing.actions';
import { sameSize } from '../../shared/sizing';
import { monitorSetup, type Scope } from './setup';
import { isSatisfied, requestedSize } from './request';

const satisfied = ({ context }: Scope): boolean => isSatisfied(context);
const unsatisfied = ({ context }: Scope): boolean => !isSatisfied(context);
const satisfiedWhileShrinking = ({ context }: Scope): boolean => context.shrink !== null && isSatisfied(context);
const notShrinking = ({ context }: Scope): boolean => context.shrink === null;
const capped = ({ context }: Scope): boolean => context.capped;
const uncapped = ({ context }: Scope): boolean => !context.capped;

/** The agent has been asked for just this; that the windows are full now, or that more is needed, is no news to it. */
const isSaidAlready = ({ context, event }: Scope): boolean => {
  if (event.type !== 'desired.changed' || event.urgent) return false;
  const { desired, withheld } = event;
  const requested = requestedSize({ ...context, desired, withheld });
  const lastRequest = context.conn?.lastRequest ?? null;
  return requested !== null && lastRequest !== null && sameSize(requested, lastRequest);
};

/** Only a real VM can be watched shrinking. */
const isWatchable = ({ context }: Scope): boolean => context.config.sizeFrom === 'kernel';

const answersScaleRequest = ({ context, event }: Scope): boolean =>
  event.type === 'request.rejected' &&
  context.config.scaleRequests === 'auto' &&
  context.conn !== null &&
  context.conn.scaleRequests !== 'rejected' &&
  context.conn.scaleRequestIds.includes(event.id);

export const sizingRegion = monitorSetup.createStateConfig({
  initial: 'settled',
  on: {
    'desired.changed': { actions: act.takeDesired },
    'pressure.critical': { actions: act.takeFloor },
    'size.assumed': { actions: act.assumeSize },
    'size.observed': { actions: act.endShrink },
    'shrink.overdue': { actions: act.endShrink },
    'upscale.notified': { actions: [act.takeGranted, act.endShrink] },
    'upscale.applied': { actions: act.confirmUpscale },
    'vm.informed': { actions: act.takeInfo },
    'request.rejected': { guard: answersScaleRequest, actions: act.fallBack },
    'downscale.requested': { actions: act.noteObedience },
    'downscale.approved': [
      { guard: isWatchable, target: '.shrinking', actions: [act.beginShrink, act.takeApproved] },
      { actions: act.takeApproved },
    ],
  },
  states: {
    settled: {
      always: [
        { guard: unsatisfied, target: 'requesting' },
        { guard: capped, target: 'capped' },
      ],
    },
    capped: {
      always: [
        { guard: unsatisfied, target: 'requesting' },
        { guard: uncapped, target: 'settled' },
      ],
    },
    requesting: {
      initial: 'sent',
      entry: [act.awaitAnswer, act.beginRequest],
      exit: act.endRequest,
      always: [
        { guard: satisfiedWhileShrinking, target: 'shrinking' },
        { guard: satisfied, target: 'settled' },
      ],
      on: {
        'desired.changed': [
          { guard: isSaidAlready, actions: act.takeDesired },
          { target: '.sent', actions: [act.takeDesired, act.awaitAnswer, act.beginRequest] },
        ],
        'agent.ready': { target: '.sent', actions: [act.awaitAnswer, act.beginRequest] },
        'resend.due': { actions: act.request },
        'upscale.notified': { target: '.partlyGranted', actions: [act.takeGranted, act.endShrink] },
        'scale.denied': { target: '.denied', actions: act.takeDenial },
      },
      states: {
        sent: { on: { 'answer.overdue': { target: 'unanswered', actions: act.doubtObedience } } },
        unanswered: {},
        partlyGranted: {},
        denied: {},
      },
    },
    shrinking: {
      always: [
        { guard: unsatisfied, target: 'requesting' },
        { guard: notShrinking, target: 'settled' },
      ],
    },
  },
});
