/**
 * The next step of a VM's hypervisor towards the size that was decided. Up goes before down, memory
 * before CPUs; down goes only as far as the monitor has agreed to.
 *
 * If we die the next instant: the hypervisor ends the step that it was last asked for and nothing
 * more. A step up is memory that the host had free; a step down is one of at most 256 MiB to which the
 * monitor had agreed.
 */
import type { Size } from '../shared/events/size';
import { larger, unitsDown } from '../shared/sizing';
import type { HypervisorStep, VmContext } from './context';
import { GROWN_LOOKS, GROW_STEP_BYTES, GROW_STEP_MS, SHRINK_STALL_MS, SHRINK_STEP_BYTES } from './timings';
import { RESOURCES, sizeThere, slackOf, wholeUnitUp, type Resource } from './sizes';

type Move = Pick<HypervisorStep, 'resource' | 'direction' | 'to'>;

/** So much memory at once that its memmap is bearable; at a whole unit where one is within reach. */
const grownTo = ({ config }: VmContext, fromBytes: number, goalBytes: number): number => {
  const reach = fromBytes + Math.min(fromBytes, GROW_STEP_BYTES);
  if (goalBytes <= reach) return goalBytes;
  const { mem: unitBytes } = config.sizing.unit;
  const whole = unitsDown(reach, unitBytes) * unitBytes;
  return whole > fromBytes ? whole : reach;
};

const moveUp = (context: VmContext, resource: Resource): Move | null => {
  const { observed, goal } = context;
  // A larger fraction of a vCPU is asked for, too, where whole ones are seen: what was requested is what is reported.
  const there = sizeThere(context);
  if (observed === null || there === null || goal === null || goal[resource] <= there[resource]) return null;
  const to = resource === 'mem' ? grownTo(context, observed.mem, goal.mem) : goal.cpu;
  return { resource, direction: 'up', to };
};

/** The hypervisor still takes away what the monitor does not (or no longer) agree to: turn round, to whole units. */
const moveBack = (context: VmContext, resource: Resource): Move | null => {
  const { observed, requested, approved, bounds } = context;
  if (observed === null || requested === null || bounds === null) return null;
  if (observed[resource] - requested[resource] < slackOf(context, resource)) return null;
  if (approved !== null && approved[resource] <= requested[resource]) return null;
  const to = Math.min(
    wholeUnitUp(context, resource, observed[resource]),
    Math.max(bounds.max[resource], observed[resource]),
  );
  return { resource, direction: 'up', to };
};

/** A unit and more was asked for that the guest has not taken, and that nobody wants any more. */
const withdraw = (context: VmContext, resource: Resource): Move | null => {
  const { observed, requested, goal } = context;
  if (observed === null || requested === null || goal === null || goal[resource] > observed[resource]) return null;
  const to = wholeUnitUp(context, resource, observed[resource]);
  return requested[resource] > to ? { resource, direction: 'withdraw', to } : null;
};

const moveDown = (context: VmContext, resource: Resource): Move | null => {
  const { observed, requested, goal, approved } = context;
  if (observed === null || goal === null || approved === null) return null;
  const low = larger(goal, approved)[resource];
  const asked = requested?.[resource] ?? observed[resource];
  const isLess = resource === 'mem' ? observed.mem - low >= slackOf(context, 'mem') : asked > low && observed.cpu > low;
  if (!isLess) return null;
  const to = resource === 'mem' ? Math.max(low, observed.mem - SHRINK_STEP_BYTES) : low;
  return { resource, direction: 'down', to };
};

/** Each kind of move for both resources before the next kind. */
const MOVES = [moveUp, moveBack, withdraw, moveDown];

/** The next step, or null when there is nothing (more) to do. */
export const nextMove = (context: VmContext): Move | null => {
  if (context.bounds === null) return null;
  for (const move of MOVES) {
    for (const resource of RESOURCES) {
      const found = move(context, resource);
      if (found !== null) return found;
    }
  }
  return null;
};

/** The hypervisor shows what the step asked for. */
export const isThere = (context: VmContext, { resource, direction, to }: HypervisorStep): boolean => {
  const amount = context.observed?.[resource] ?? 0;
  if (direction === 'withdraw') return true;
  return direction === 'up' ? amount >= to : amount < to + slackOf(context, resource);
};

/** Memory that was given must stay: a guest that cannot add it gives it back. */
export const isDone = (context: VmContext, step: HypervisorStep): boolean =>
  isThere(context, step) && (step.direction !== 'up' || step.resource === 'cpu' || step.looks >= GROWN_LOOKS);

/** A look by which a shrink got on: what was seen before is not all that is still there. */
export const isProgress = ({ observed }: VmContext, { resource, direction }: HypervisorStep, now: Size): boolean =>
  direction === 'down' && observed !== null && now[resource] < observed[resource];

export const isOverdue = ({ direction, since }: HypervisorStep, at: number): boolean =>
  at - since > (direction === 'down' ? SHRINK_STALL_MS : GROW_STEP_MS);

/** A step down is dropped as soon as the plan is another; one up is brought to its end. */
export const isObsolete = (context: VmContext, { direction, resource }: HypervisorStep): boolean => {
  if (direction !== 'down') return false;
  const next = nextMove(context);
  return next === null || next.direction !== 'down' || next.resource !== resource;
};
