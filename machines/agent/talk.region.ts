/**
 * Requests to the monitor, one at a time.
 *
 *   idle → notifying (UpscaleNotification) → idle
 *   idle → asking (DownscaleRequest) → idle
 *          either fails or is not answered → resting 3 s → idle
 *
 * The size on a new connection is sent by VmInfo; a monitor of v1.0 takes it for known.
 */
import type { VmContext } from './context';
import { holdFloor } from './floor';
import { ANSWER_MS, DENIAL_MS, REQUEST_REST_MS } from './timings';
import { requestOf, announce } from './announce';
import { vmSetup, type VmScope } from './setup';
import { sizeThere } from './sizes';
import { downscaleTarget, needsApproval, needsIntroduction, needsNotice, refusalFloor, vmInfo } from './talk';

const when =
  (holds: (context: VmContext) => boolean) =>
  ({ context }: VmScope): boolean =>
    holds(context);

/** Less than it believes is sent to a monitor of v1.1 by VmInfo; one of v1.0 knows only UpscaleNotification. */
const isToldByInfo = ({ context }: VmScope): boolean => {
  const there = sizeThere(context);
  if (context.conn?.version !== '1.1' || there === null || context.told === null) return false;
  return needsNotice(context) && there.cpu <= context.told.cpu && there.mem <= context.told.mem;
};

const introduce = vmSetup.enqueueActions(({ context, enqueue }) => {
  const there = sizeThere(context);
  if (there === null) return;
  if (context.conn?.version === '1.1') enqueue(announce(vmInfo(context, there)));
  enqueue.assign({ told: there });
});

const awaitAnswer = vmSetup.enqueueActions(({ event, enqueue }) => {
  enqueue.raise({ type: 'answer.overdue', at: event.at + ANSWER_MS }, { id: 'answer', delay: ANSWER_MS });
});

const notify = vmSetup.enqueueActions(({ context, enqueue }) => {
  const granted = sizeThere(context);
  if (granted !== null) enqueue(requestOf({ type: 'UpscaleNotification', content: { granted } }, granted));
});

const requestDownscale = vmSetup.enqueueActions(({ context, enqueue }) => {
  const target = downscaleTarget(context);
  if (target !== null) enqueue(requestOf({ type: 'DownscaleRequest', content: { target } }, target));
});

const rest = vmSetup.enqueueActions(({ event, enqueue }) => {
  const at = event.at + REQUEST_REST_MS;
  enqueue.raise({ type: 'rest.over', at }, { id: 'rest', delay: REQUEST_REST_MS });
});

const endPatience = vmSetup.cancel('answer');
/** On entry of what follows: transitions still need to know what was awaited. */
const forgetAwaited = vmSetup.assign({ awaited: null });

const isAwaited = ({ context, event }: VmScope): boolean => 'id' in event && event.id === context.awaited?.id;
const isAgreed = (scope: VmScope): boolean =>
  isAwaited(scope) && scope.event.type === 'downscale.answered' && scope.event.ok;

const takeTold = vmSetup.assign({ told: ({ context }) => context.awaited?.size ?? context.told });

/** The monitor has freed the memory: from here on the smaller size is what it knows. */
const takeApproval = vmSetup.enqueueActions(({ context, enqueue }) => {
  if (context.awaited !== null) enqueue.assign({ approved: context.awaited.size, told: context.awaited.size });
});

const takeRefusal = vmSetup.enqueueActions(({ context, enqueue }) => {
  if (context.awaited !== null) enqueue(holdFloor(refusalFloor(context, context.awaited.size), DENIAL_MS));
});

export const talkRegion = vmSetup.createStateConfig({
  initial: 'idle',
  on: { 'session.lost': '.idle', 'session.opened': '.idle' },
  states: {
    idle: {
      entry: forgetAwaited,
      always: [
        { guard: when(needsIntroduction), actions: introduce },
        { guard: isToldByInfo, actions: introduce },
        { guard: when(needsNotice), target: 'notifying' },
        { guard: when(needsApproval), target: 'asking' },
      ],
    },
    notifying: {
      entry: [notify, awaitAnswer],
      exit: endPatience,
      on: {
        'upscale.confirmed': { guard: isAwaited, target: 'idle', actions: takeTold },
        'request.failed': { guard: isAwaited, target: 'resting' },
        'answer.overdue': 'resting',
      },
    },
    asking: {
      entry: [requestDownscale, awaitAnswer],
      exit: endPatience,
      on: {
        'downscale.answered': [
          { guard: isAgreed, target: 'idle', actions: takeApproval },
          { guard: isAwaited, target: 'idle', actions: takeRefusal },
        ],
        'request.failed': { guard: isAwaited, target: 'resting' },
        'answer.overdue': 'resting',
      },
    },
    resting: { entry: [forgetAwaited, rest], exit: vmSetup.cancel('rest'), on: { 'rest.over': 'idle' } },
  },
});
