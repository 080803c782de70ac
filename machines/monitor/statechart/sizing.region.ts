/**
 * What was asked, granted, denied. The wish is repeated until it is true (rule R7).
 *
 *   settled ⇄ capped                    nothing to ask; capped: more memory is needed than the largest size gives
 *   wanting: asked → unanswered | partlyGranted | denied
 *   shrinking                           a smaller size was approved and is watched until it is there
 */
import * as act from './sizing.actions';
import { sameSize } from '../../shared/sizing';
import { chart, type Scope } from './setup';
import { isSatisfied, wishedSize } from './request';

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
  const wished = wishedSize({ ...context, desired, withheld });
  const lastWish = context.conn?.lastWish ?? null;
  return wished !== null && lastWish !== null && sameSize(wished, lastWish);
};

/** Only a real VM can be watched shrinking. */
const isWatchable = ({ context }: Scope): boolean => context.config.sizeFrom === 'kernel';

const answersScaleRequest = ({ context, event }: Scope): boolean =>
  event.type === 'request.rejected' &&
  context.config.scaleRequests === 'auto' &&
  context.conn !== null &&
  context.conn.scaleRequests !== 'rejected' &&
  context.conn.scaleRequestIds.includes(event.id);

export const sizingRegion = chart.createStateConfig({
  initial: 'settled',
  on: {
    'desired.changed': { actions: act.takeDesired },
    'memory.breached': { actions: act.takeDanger },
    'size.assumed': { actions: act.assumeSize },
    'size.seen': { actions: act.endShrink },
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
        { guard: unsatisfied, target: 'wanting' },
        { guard: capped, target: 'capped' },
      ],
    },
    capped: {
      always: [
        { guard: unsatisfied, target: 'wanting' },
        { guard: uncapped, target: 'settled' },
      ],
    },
    wanting: {
      initial: 'asked',
      entry: [act.awaitAnswer, act.beginWish],
      exit: act.endAsking,
      always: [
        { guard: satisfiedWhileShrinking, target: 'shrinking' },
        { guard: satisfied, target: 'settled' },
      ],
      on: {
        'desired.changed': [
          { guard: isSaidAlready, actions: act.takeDesired },
          { target: '.asked', actions: [act.takeDesired, act.awaitAnswer, act.beginWish] },
        ],
        'agent.ready': { target: '.asked', actions: [act.awaitAnswer, act.beginWish] },
        'resend.due': { actions: act.ask },
        'upscale.notified': { target: '.partlyGranted', actions: [act.takeGranted, act.endShrink] },
        'scale.denied': { target: '.denied', actions: act.takeDenial },
      },
      states: {
        asked: { on: { 'answer.overdue': { target: 'unanswered', actions: act.doubtObedience } } },
        unanswered: {},
        partlyGranted: {},
        denied: {},
      },
    },
    shrinking: {
      always: [
        { guard: unsatisfied, target: 'wanting' },
        { guard: notShrinking, target: 'settled' },
      ],
    },
  },
});
