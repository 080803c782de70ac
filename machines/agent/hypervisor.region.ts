/**
 * The hypervisor's part: one step after the other towards the size that was decided (plan.ts), each
 * believed only when it is observed.
 *
 *   idle → describing → looking → resting → requesting → peeking ⇄ verifying → resting …
 *                 └──────┴── failing (back-off) ◄──┴──────┘
 */
import { assertEvent } from 'xstate';
import { backoffMs } from '../shared/backoff';
import type { Size } from '../shared/events/size';
import type { HypervisorStep, VmContext } from './context';
import { holdFloor } from './floor';
import { LOOK_MS, HYPERVISOR_RETRY_FIRST_MS, HYPERVISOR_RETRY_LAST_MS, STALL_REST_MS, STEP_LOOK_MS } from './timings';
import { isDone, isObsolete, isOverdue, isProgress, isThere, nextMove } from './plan';
import { vmSetup, type VmScope } from './setup';
import { wholeUnitUp } from './sizes';

const issue = {
  describe: { type: 'issue', params: { type: 'hypervisor.describe' } },
  look: { type: 'issue', params: { type: 'hypervisor.observe' } },
} as const;

const takeBounds = vmSetup.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'hypervisor.described');
  const { min, max, memStepBytes } = event;
  enqueue.assign({ bounds: { min, max, memStepBytes } });
});

/** What a look shows of the step under way. */
const lookedAt = (before: VmContext, step: HypervisorStep, observed: Size, at: number): HypervisorStep => ({
  ...step,
  since: isProgress(before, step, observed) ? at : step.since,
  looks: isThere({ ...before, observed }, step) ? step.looks + 1 : 0,
});

const takeSeen = vmSetup.assign(({ context, event }) => {
  assertEvent(event, 'hypervisor.observed');
  const { size: observed, at } = event;
  return { observed, step: context.step === null ? null : lookedAt(context, context.step, observed, at) };
});

const lookAfter = (delay: number) =>
  vmSetup.enqueueActions(({ event, enqueue }) => {
    enqueue.raise({ type: 'observe.due', at: event.at + delay }, { id: 'observe', delay });
  });

const retryLater = vmSetup.enqueueActions(({ context, event, enqueue }) => {
  const delay = backoffMs(HYPERVISOR_RETRY_FIRST_MS, HYPERVISOR_RETRY_LAST_MS, context.failures);
  enqueue.assign({ failures: context.failures + 1, step: null });
  enqueue.raise({ type: 'retry.due', at: event.at + delay }, { id: 'retry', delay });
});

const command = ({ resource, to }: Pick<HypervisorStep, 'resource' | 'to'>) =>
  resource === 'mem'
    ? ({ type: 'hypervisor.requestMemory', memBytes: to } as const)
    : ({ type: 'hypervisor.requestCpu', cpu: to } as const);

/** Counted as asked for from here on: what comes of a request that fails is not known. */
const beginStep = vmSetup.enqueueActions(({ context, event, enqueue }) => {
  const move = nextMove(context);
  if (move === null || context.observed === null) return;
  enqueue.assign({
    step: { ...move, since: event.at, looks: 0 },
    requested: { ...(context.requested ?? context.observed), [move.resource]: move.to },
  });
  enqueue({ type: 'issue', params: command(move) });
});

/** The guest cannot give it. The plan then turns round by itself, for nothing smaller is agreed to any more. */
const takeBack = vmSetup.enqueueActions(({ context, enqueue }) => {
  const { observed } = context;
  if (observed === null) return;
  enqueue.assign({ approved: null, step: null });
  const size = { cpu: wholeUnitUp(context, 'cpu', observed.cpu), mem: wholeUnitUp(context, 'mem', observed.mem) };
  enqueue(holdFloor(size, STALL_REST_MS));
});

const hasMove = ({ context }: VmScope): boolean => nextMove(context) !== null;
/** What was agreed to is done, as far as it is still wanted. */
const isShrunk = ({ context }: VmScope): boolean => context.approved !== null && nextMove(context) === null;
const isStepDone = ({ context }: VmScope): boolean => context.step === null || isDone(context, context.step);
const isStepObsolete = ({ context }: VmScope): boolean => context.step !== null && isObsolete(context, context.step);
const isStalled = ({ context, event }: VmScope): boolean =>
  context.step !== null && context.step.direction === 'down' && isOverdue(context.step, event.at);
const isLate = ({ context, event }: VmScope): boolean => context.step !== null && isOverdue(context.step, event.at);
const isUnknown = ({ context }: VmScope): boolean => context.bounds === null;

const endStep = vmSetup.assign({ step: null });
const recover = vmSetup.assign({ failures: 0 });

export const hypervisorRegion = vmSetup.createStateConfig({
  initial: 'idle',
  states: {
    idle: { on: { 'agent.started': 'describing' } },
    describing: {
      entry: issue.describe,
      on: {
        'hypervisor.described': { target: 'observing', actions: takeBounds },
        'hypervisor.failed': 'failing',
      },
    },
    observing: {
      entry: issue.look,
      on: { 'hypervisor.observed': { target: 'resting', actions: takeSeen }, 'hypervisor.failed': 'failing' },
    },
    resting: {
      entry: lookAfter(LOOK_MS),
      exit: vmSetup.cancel('observe'),
      always: [
        { guard: isShrunk, actions: vmSetup.assign({ approved: null }) },
        { guard: hasMove, target: 'requesting' },
      ],
      on: { 'observe.due': { target: 'observing', actions: recover } },
    },
    requesting: {
      entry: beginStep,
      on: { 'hypervisor.taken': 'peeking', 'hypervisor.failed': 'failing' },
    },
    peeking: {
      entry: issue.look,
      on: { 'hypervisor.observed': { target: 'verifying', actions: takeSeen }, 'hypervisor.failed': 'failing' },
    },
    verifying: {
      entry: lookAfter(STEP_LOOK_MS),
      exit: vmSetup.cancel('observe'),
      always: [
        { guard: isStepDone, target: 'resting', actions: [endStep, recover] },
        { guard: isStepObsolete, target: 'resting', actions: endStep },
        { guard: isStalled, target: 'resting', actions: takeBack },
        { guard: isLate, target: 'failing' },
      ],
      on: { 'observe.due': 'peeking' },
    },
    failing: {
      entry: retryLater,
      exit: vmSetup.cancel('retry'),
      on: { 'retry.due': [{ guard: isUnknown, target: 'describing' }, { target: 'observing' }] },
    },
  },
});
