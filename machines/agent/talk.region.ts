/**
 * Requests to the monitor, one at a time.
 *
 *   idle → notifying (UpscaleNotification) → idle
 *   idle → asking (DownscaleRequest) → idle
 *          either fails or is not answered → resting 3 s → idle
 *
 * The size on a new connection is told by VmInfo; a monitor of v1.0 takes it for known.
 */
import { holdFloor } from './floor';
import { backoffMs } from '../shared/backoff';
import { NO_REFUSALS } from './context';
import { DENIAL_MS, LOAN_REST_FIRST_MS, LOAN_REST_LAST_MS } from './timings';
import { requestOf, announce } from './announce';
import { cancelVmTimer, startVmTimer, vmSetup, type VmScope } from './setup';
import { sizeThere } from './sizes';
import { downscaleTarget, isLoan, needsApproval, needsIntroduction, needsNotice, refusalFloor, vmInfo } from './talk';

const isAwaited = ({ context, event }: VmScope): boolean => 'id' in event && event.id === context.awaited?.id;

export const talkActions = {
  'talk.introduce': vmSetup.enqueueActions(({ context, enqueue }) => {
    const there = sizeThere(context);
    if (there === null) return;
    if (context.conn?.version === '1.1') enqueue(announce(vmInfo(context, there)));
    enqueue.assign({ announced: there });
  }),
  'talk.notify': vmSetup.enqueueActions(({ context, enqueue }) => {
    const granted = sizeThere(context);
    if (granted !== null) enqueue(requestOf({ type: 'UpscaleNotification', content: { granted } }, granted));
  }),
  'talk.requestDownscale': vmSetup.enqueueActions(({ context, enqueue }) => {
    const target = downscaleTarget(context);
    if (target !== null) enqueue(requestOf({ type: 'DownscaleRequest', content: { target } }, target));
  }),
  /** On entry of what follows: transitions still need to know what was awaited. */
  'talk.forgetAwaited': vmSetup.assign({ awaited: null }),
  'talk.takeAnnounced': vmSetup.assign({ announced: ({ context }) => context.awaited?.size ?? context.announced }),
  /** The monitor has made room: from here on the smaller size is what it knows. */
  'talk.takeApproval': vmSetup.enqueueActions(({ context, enqueue }) => {
    const { awaited } = context;
    if (awaited === null) return;
    enqueue.assign({ approved: awaited.size, announced: awaited.size });
    if (isLoan(context)) enqueue.assign({ loanRefusals: NO_REFUSALS });
  }),
  'talk.takeRefusal': vmSetup.enqueueActions(({ context, enqueue }) => {
    if (context.awaited !== null) enqueue(holdFloor(refusalFloor(context, context.awaited.size), DENIAL_MS));
  }),
  /** Refused or not answered: the next VM is asked. */
  'talk.countRefusal': vmSetup.enqueueActions(({ context, event, enqueue }) => {
    if (!isLoan(context)) return;
    const { count } = context.loanRefusals;
    const until = event.at + backoffMs(LOAN_REST_FIRST_MS, LOAN_REST_LAST_MS, count);
    enqueue.assign({ loanRefusals: { count: count + 1, until } });
  }),
};
export const talkGuards = {
  'talk.isNotIntroduced': ({ context }: VmScope): boolean => needsIntroduction(context),
  /** Less than it believes is told to a monitor of v1.1 by VmInfo; one of v1.0 knows only UpscaleNotification. */
  'talk.isToldByInfo': ({ context }: VmScope): boolean => {
    const there = sizeThere(context);
    if (context.conn?.version !== '1.1' || there === null || context.announced === null) return false;
    return needsNotice(context) && there.cpu <= context.announced.cpu && there.mem <= context.announced.mem;
  },
  'talk.isToNotify': ({ context }: VmScope): boolean => needsNotice(context),
  'talk.isToAsk': ({ context }: VmScope): boolean => needsApproval(context),
  'talk.isAwaited': isAwaited,
  'talk.isAgreed': (scope: VmScope): boolean =>
    isAwaited(scope) && scope.event.type === 'downscale.answered' && scope.event.ok,
};

export const talkRegion = vmSetup.extend({ actions: talkActions, guards: talkGuards }).createStateConfig({
  initial: 'idle',
  on: { 'session.lost': '.idle', 'session.opened': '.idle' },
  states: {
    idle: {
      entry: 'talk.forgetAwaited',
      always: [
        { guard: 'talk.isNotIntroduced', actions: 'talk.introduce' },
        { guard: 'talk.isToldByInfo', actions: 'talk.introduce' },
        { guard: 'talk.isToNotify', target: 'notifying' },
        { guard: 'talk.isToAsk', target: 'asking' },
      ],
    },
    notifying: {
      entry: ['talk.notify', startVmTimer('answer')],
      exit: cancelVmTimer('answer'),
      on: {
        'upscale.confirmed': { guard: 'talk.isAwaited', target: 'idle', actions: 'talk.takeAnnounced' },
        'request.failed': { guard: 'talk.isAwaited', target: 'resting' },
        'answer.overdue': 'resting',
      },
    },
    asking: {
      entry: ['talk.requestDownscale', startVmTimer('answer')],
      exit: cancelVmTimer('answer'),
      on: {
        'downscale.answered': [
          { guard: 'talk.isAgreed', target: 'idle', actions: 'talk.takeApproval' },
          { guard: 'talk.isAwaited', target: 'idle', actions: ['talk.countRefusal', 'talk.takeRefusal'] },
        ],
        'request.failed': { guard: 'talk.isAwaited', target: 'resting', actions: 'talk.countRefusal' },
        'answer.overdue': { target: 'resting', actions: 'talk.countRefusal' },
      },
    },
    resting: {
      entry: ['talk.forgetAwaited', startVmTimer('rest')],
      exit: cancelVmTimer('rest'),
      on: { 'rest.over': 'idle' },
    },
  },
});
