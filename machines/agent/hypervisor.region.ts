/**
 * The hypervisor's part: one step after the other towards the size that was decided (plan.ts), each
 * believed only when it is seen.
 *
 *   idle → describing → looking → resting → requesting → peeking ⇄ verifying → resting …
 *                 └──────┴── failing (back-off) ◄──┴──────┘
 */
import { assertEvent } from 'xstate';
import { backoffMs } from '../shared/backoff';
import type { Size } from '../shared/events/size';
import type { HypervisorStep, VmContext } from './context';
import { holdFloor } from './floor';
import { LOOK_MS, RETRY_FIRST_MS, RETRY_LAST_MS, STALL_REST_MS, STEP_LOOK_MS } from './timings';
import { isDone, isObsolete, isOverdue, isProgress, isThere, nextMove } from './plan';
import { chart, type Scope } from './setup';
import { wholeUnitUp } from './sizes';

const issue = {
  describe: { type: 'issue', params: { type: 'hypervisor.describe' } },
  look: { type: 'issue', params: { type: 'hypervisor.look' } },
} as const;

const takeBounds = chart.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'hypervisor.described');
  const { min, max, memStepBytes } = event;
  enqueue.assign({ bounds: { min, max, memStepBytes } });
});

/** What a look says of the step under way. */
const lookedAt = (before: VmContext, step: HypervisorStep, seen: Size, at: number): HypervisorStep => ({
  ...step,
  since: isProgress(before, step, seen) ? at : step.since,
  looks: isThere({ ...before, seen }, step) ? step.looks + 1 : 0,
});

const takeSeen = chart.assign(({ context, event }) => {
  assertEvent(event, 'hypervisor.seen');
  const { size: seen, at } = event;
  return { seen, step: context.step === null ? null : lookedAt(context, context.step, seen, at) };
});

const lookAfter = (delay: number) =>
  chart.enqueueActions(({ event, enqueue }) => {
    enqueue.raise({ type: 'look.due', at: event.at + delay }, { id: 'look', delay });
  });

const retryLater = chart.enqueueActions(({ context, event, enqueue }) => {
  const delay = backoffMs(RETRY_FIRST_MS, RETRY_LAST_MS, context.failures);
  enqueue.assign({ failures: context.failures + 1, step: null });
  enqueue.raise({ type: 'retry.due', at: event.at + delay }, { id: 'retry', delay });
});

const command = ({ resource, to }: Pick<HypervisorStep, 'resource' | 'to'>) =>
  resource === 'mem'
    ? ({ type: 'hypervisor.requestMemory', memBytes: to } as const)
    : ({ type: 'hypervisor.requestCpu', cpu: to } as const);

/** Counted as asked for from here on: what comes of a request that fails is not known. */
const beginStep = chart.enqueueActions(({ context, event, enqueue }) => {
  const move = nextMove(context);
  if (move === null || context.seen === null) return;
  enqueue.assign({
    step: { ...move, since: event.at, looks: 0 },
    requested: { ...(context.requested ?? context.seen), [move.resource]: move.to },
  });
  enqueue({ type: 'issue', params: command(move) });
});

/** The guest cannot give it. The plan then turns round by itself, for nothing smaller is agreed to any more. */
const takeBack = chart.enqueueActions(({ context, enqueue }) => {
  const { seen } = context;
  if (seen === null) return;
  enqueue.assign({ approved: null, step: null });
  const size = { cpu: wholeUnitUp(context, 'cpu', seen.cpu), mem: wholeUnitUp(context, 'mem', seen.mem) };
  enqueue(holdFloor(size, STALL_REST_MS));
});

const hasMove = ({ context }: Scope): boolean => nextMove(context) !== null;
/** What was agreed to is done, as far as it is still wanted. */
const isShrunk = ({ context }: Scope): boolean => context.approved !== null && nextMove(context) === null;
const isStepDone = ({ context }: Scope): boolean => context.step === null || isDone(context, context.step);
const isStepObsolete = ({ context }: Scope): boolean => context.step !== null && isObsolete(context, context.step);
const isStalled = ({ context, event }: Scope): boolean =>
  context.step !== null && context.step.direction === 'down' && isOverdue(context.step, event.at);
const isLate = ({ context, event }: Scope): boolean => context.step !== null && isOverdue(context.step, event.at);
const isUnknown = ({ context }: Scope): boolean => context.bounds === null;

const endStep = chart.assign({ step: null });
const recover = chart.assign({ failures: 0 });

export const hypervisorRegion = chart.createStateConfig({
  initial: 'idle',
  states: {
    idle: { on: { 'agent.started': 'describing' } },
    describing: {
      entry: issue.describe,
      on: {
        'hypervisor.described': { target: 'looking', actions: takeBounds },
        'hypervisor.failed': 'failing',
      },
    },
    looking: {
      entry: issue.look,
      on: { 'hypervisor.seen': { target: 'resting', actions: takeSeen }, 'hypervisor.failed': 'failing' },
    },
    resting: {
      entry: lookAfter(LOOK_MS),
      exit: chart.cancel('look'),
      always: [
        { guard: isShrunk, actions: chart.assign({ approved: null }) },
        { guard: hasMove, target: 'requesting' },
      ],
      on: { 'look.due': { target: 'looking', actions: recover } },
    },
    requesting: {
      entry: beginStep,
      on: { 'hypervisor.taken': 'peeking', 'hypervisor.failed': 'failing' },
    },
    peeking: {
      entry: issue.look,
      on: { 'hypervisor.seen': { target: 'verifying', actions: takeSeen }, 'hypervisor.failed': 'failing' },
    },
    verifying: {
      entry: lookAfter(STEP_LOOK_MS),
      exit: chart.cancel('look'),
      always: [
        { guard: isStepDone, target: 'resting', actions: [endStep, recover] },
        { guard: isStepObsolete, target: 'resting', actions: endStep },
        { guard: isStalled, target: 'resting', actions: takeBack },
        { guard: isLate, target: 'failing' },
      ],
      on: { 'look.due': 'peeking' },
    },
    failing: {
      entry: retryLater,
      exit: chart.cancel('retry'),
      on: { 'retry.due': [{ guard: isUnknown, target: 'describing' }, { target: 'looking' }] },
    },
  },
});
