/** Sizes of one VM, as they follow from what was observed and requested: what is there, what is reported, what it takes of the host. */
import type { Size } from '../shared/events/size';
import { larger, unitsDown, unitsUp, type SizingRules } from '../shared/sizing';
import type { VmContext } from './context';

export type Resource = keyof Size;
export const RESOURCES: readonly Resource[] = ['mem', 'cpu'];

/**
 * What the hypervisor may show in excess of what was asked and still mean the same: less than one of
 * its steps of memory; and less than a whole CPU where it has only whole ones.
 */
export const slackOf = ({ bounds }: VmContext, resource: Resource): number =>
  resource === 'cpu' ? 1 : (bounds?.memStepBytes ?? 1);

/** The size that is there, in the terms in which it was asked for; null before anything was seen. */
export const sizeThere = (context: VmContext): Size | null => {
  const { observed, requested } = context;
  if (observed === null || requested === null) return observed;
  const there = (resource: Resource): number => {
    const excess = observed[resource] - requested[resource];
    return excess >= 0 && excess < slackOf(context, resource) ? requested[resource] : observed[resource];
  };
  return { cpu: there('cpu'), mem: there('mem') };
};

/** The next whole unit of one resource. */
export const wholeUnitUp = ({ config }: VmContext, resource: Resource, amount: number): number =>
  unitsUp(amount, config.sizing.unit[resource]) * config.sizing.unit[resource];

/** The configured bounds within those of the hypervisor. */
export const rulesOf = ({ config: { sizing }, bounds }: VmContext): SizingRules => {
  if (bounds === null) return sizing;
  const { max } = sizing;
  return {
    ...sizing,
    min: larger(sizing.min, bounds.min),
    max: max === null ? bounds.max : { cpu: Math.min(max.cpu, bounds.max.cpu), mem: Math.min(max.mem, bounds.max.mem) },
  };
};

/**
 * What the VM takes of the host's capacity: all that it has or that was asked for it. A unit that is
 * being taken away counts until the last of it has been seen to go. Null: not known.
 */
export const heldSize = (context: VmContext): Size | null => {
  const there = sizeThere(context);
  const held = there === null ? context.config.sizing.max : larger(there, context.requested ?? there);
  return held === null ? null : { cpu: held.cpu, mem: wholeUnitUp(context, 'mem', held.mem) };
};

/** As many whole units as fit, each resource on its own. */
export const wholeUnitsWithin = ({ unit }: Pick<SizingRules, 'unit'>, size: Size): Size => ({
  cpu: Math.max(0, unitsDown(size.cpu, unit.cpu)) * unit.cpu,
  mem: Math.max(0, unitsDown(size.mem, unit.mem)) * unit.mem,
});
