/**
 * The hypervisor's part: one step after the other towards the size that was decided (plan.ts), each
 * believed only when it is seen.
 *
 *   idle → describing → looking → resting → requesting → peeking ⇄ verifying → resting …
 *                 └──────┴── failing (back-off) ◄──┴──────┘
 */
import { assertEvent } from 'xstate';
import type { Size } from '../shared/events/size';
import type { HypervisorStep, VmContext } from './context';
import { holdFloor } from './floor';
import { STALL_REST_MS } from './timings';
import { isDone, isObsolete, isOverdue, isProgress, isThere, nextMove } from './plan';
import { cancelVmTimer, startVmTimer, vmSetup, type VmScope } from './setup';
import { wholeUnitUp } from './sizes';

const issue = {
  describe: { type: 'issue', params: { type: 'hypervisor.describe' } },
  look: { type: 'issue', params: { type: 'hypervisor.observe' } },
} as const;

/** What a look says of the step under way. */
const lookedAt = (before: VmContext, step: HypervisorStep, observed: Size, at: number): HypervisorStep => ({
  ...step,
  since: isProgress(before, step, observed) ? at : step.since,
  looks: isThere({ ...before, observed }, step) ? step.looks + 1 : 0,
});

const command = ({ resource, to }: Pick<HypervisorStep, 'resource' | 'to'>) =>
  resource === 'mem'
    ? ({ type: 'hypervisor.requestMemory', memBytes: to } as const)
    : ({ type: 'hypervisor.requestCpu', cpu: to } as const);

export const hypervisorActions = {
  'hypervisor.takeBounds': vmSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'hypervisor.described');
    const { min, max, memStepBytes } = event;
    enqueue.assign({ bounds: { min, max, memStepBytes } });
  }),
  'hypervisor.takeSeen': vmSetup.assign(({ context, event }) => {
    assertEvent(event, 'hypervisor.observed');
    const { size: observed, at } = event;
    return { observed, step: context.step === null ? null : lookedAt(context, context.step, observed, at) };
  }),
  'hypervisor.countFailure': vmSetup.assign(({ context }) => ({ failures: context.failures + 1, step: null })),
  /** Counted as asked for from here on: what comes of a request that fails is not known. */
  'hypervisor.beginStep': vmSetup.enqueueActions(({ context, event, enqueue }) => {
    const move = nextMove(context);
    if (move === null || context.observed === null) return;
    enqueue.assign({
      step: { ...move, since: event.at, looks: 0 },
      requested: { ...(context.requested ?? context.observed), [move.resource]: move.to },
    });
    enqueue({ type: 'issue', params: command(move) });
  }),
  /** The guest cannot give it. The plan then turns round by itself, for nothing smaller is agreed to any more. */
  'hypervisor.takeBack': vmSetup.enqueueActions(({ context, enqueue }) => {
    const { observed } = context;
    if (observed === null) return;
    enqueue.assign({ approved: null, step: null });
    const size = { cpu: wholeUnitUp(context, 'cpu', observed.cpu), mem: wholeUnitUp(context, 'mem', observed.mem) };
    enqueue(holdFloor(size, STALL_REST_MS));
  }),
  'hypervisor.endStep': vmSetup.assign({ step: null }),
  'hypervisor.recover': vmSetup.assign({ failures: 0 }),
  /** What was agreed to is done. */
  'hypervisor.endApproval': vmSetup.assign({ approved: null }),
};
export const hypervisorGuards = {
  'hypervisor.hasMove': ({ context }: VmScope): boolean => nextMove(context) !== null,
  /** What was agreed to is done, as far as it is still wanted. */
  'hypervisor.isShrunk': ({ context }: VmScope): boolean => context.approved !== null && nextMove(context) === null,
  'hypervisor.isStepDone': ({ context }: VmScope): boolean => context.step === null || isDone(context, context.step),
  'hypervisor.isStepObsolete': ({ context }: VmScope): boolean =>
    context.step !== null && isObsolete(context, context.step),
  'hypervisor.isStalled': ({ context, event }: VmScope): boolean =>
    context.step !== null && context.step.direction === 'down' && isOverdue(context.step, event.at),
  'hypervisor.isLate': ({ context, event }: VmScope): boolean =>
    context.step !== null && isOverdue(context.step, event.at),
  'hypervisor.isUnknown': ({ context }: VmScope): boolean => context.bounds === null,
};

export const hypervisorRegion = vmSetup
  .extend({ actions: hypervisorActions, guards: hypervisorGuards })
  .createStateConfig({
    initial: 'idle',
    states: {
      idle: { on: { 'agent.started': 'describing' } },
      describing: {
        entry: issue.describe,
        on: {
          'hypervisor.described': { target: 'observing', actions: 'hypervisor.takeBounds' },
          'hypervisor.failed': 'failing',
        },
      },
      observing: {
        entry: issue.look,
        on: {
          'hypervisor.observed': { target: 'resting', actions: 'hypervisor.takeSeen' },
          'hypervisor.failed': 'failing',
        },
      },
      resting: {
        entry: startVmTimer('observe'),
        exit: cancelVmTimer('observe'),
        always: [
          { guard: 'hypervisor.isShrunk', actions: 'hypervisor.endApproval' },
          { guard: 'hypervisor.hasMove', target: 'requesting' },
        ],
        on: { 'observe.due': { target: 'observing', actions: 'hypervisor.recover' } },
      },
      requesting: {
        entry: 'hypervisor.beginStep',
        on: { 'hypervisor.taken': 'peeking', 'hypervisor.failed': 'failing' },
      },
      peeking: {
        entry: issue.look,
        on: {
          'hypervisor.observed': { target: 'verifying', actions: 'hypervisor.takeSeen' },
          'hypervisor.failed': 'failing',
        },
      },
      verifying: {
        entry: startVmTimer('observe', 'observeStep'),
        exit: cancelVmTimer('observe'),
        always: [
          { guard: 'hypervisor.isStepDone', target: 'resting', actions: ['hypervisor.endStep', 'hypervisor.recover'] },
          { guard: 'hypervisor.isStepObsolete', target: 'resting', actions: 'hypervisor.endStep' },
          { guard: 'hypervisor.isStalled', target: 'resting', actions: 'hypervisor.takeBack' },
          { guard: 'hypervisor.isLate', target: 'failing' },
        ],
        on: { 'observe.due': 'peeking' },
      },
      failing: {
        // The delay first: it goes by the failures before this one.
        entry: [startVmTimer('retry'), 'hypervisor.countFailure'],
        exit: cancelVmTimer('retry'),
        on: { 'retry.due': [{ guard: 'hypervisor.isUnknown', target: 'describing' }, { target: 'observing' }] },
      },
    },
  });
