/**
 * What a VM wants more of, as whole units that can be given one by one: one lane for both resources where they
 * are tied, else one lane for each. Everything here follows from a VM's sizes alone, not from what others get.
 */
import type { Size } from '../shared/events/size';
import { exceeds, unitsDown, unitsUp, type SizingRules } from '../shared/sizing';
import { RESOURCES, type Resource } from './sizes';

/** What the sharing of the host must know of a VM whose sizes are known. */
export interface WantedGrowth {
  readonly rules: SizingRules;
  readonly held: Size;
  readonly want: Size;
  /** With less memory than this Postgres is at risk; null: not known. */
  readonly floor: Size | null;
}

export interface Lane<G extends WantedGrowth = WantedGrowth> {
  readonly vm: G;
  /** Resources that a unit of this lane consists of; the first names it. */
  readonly resources: readonly Resource[];
  /** In units: what it has, what it must not have less of (at most what it wants), and what it wants. */
  readonly held: number;
  readonly floor: number;
  readonly want: number;
}

/** Resources that move together. */
const groupsOf = ({ independent }: SizingRules): readonly (readonly Resource[])[] =>
  independent ? RESOURCES.map((resource) => [resource]) : [RESOURCES];

/** Whole units of all the resources of a lane. */
const wholeUnits = ({ unit }: SizingRules, resources: readonly Resource[], size: Size): number =>
  Math.min(...resources.map((resource) => unitsDown(size[resource], unit[resource])));

const laneOf = <G extends WantedGrowth>(vm: G, resources: readonly Resource[]): Lane<G> => {
  const { rules, held, want, floor } = vm;
  const { unit, min } = rules;
  const wanted = Math.max(...resources.map((resource) => unitsUp(want[resource], unit[resource])));
  // Only memory puts Postgres at risk: with too few CPUs it is slow.
  const least =
    resources.includes('mem') && floor !== null ? unitsUp(floor.mem, unit.mem) : wholeUnits(rules, resources, min);
  return {
    vm,
    resources,
    held: wholeUnits(rules, resources, held),
    floor: Math.min(least, wanted),
    want: wanted,
  };
};

/** Only the lanes in which it wants more than it has. */
export const lanesOf = <G extends WantedGrowth>(vm: G): readonly Lane<G>[] =>
  groupsOf(vm.rules)
    .filter((resources) => resources.some((resource) => vm.want[resource] > vm.held[resource]))
    .map((resources) => laneOf(vm, resources));

/** Less memory than its floor. */
export const isAtRisk = ({ held, floor }: Pick<WantedGrowth, 'held' | 'floor'>): boolean =>
  floor !== null && held.mem < floor.mem;

/** How much of a resource the VM has with so many units of the lane; what it wants less of is given up anyway. */
export const amountAt = ({ vm: { rules, held, want } }: Lane, resource: Resource, units: number): number => {
  if (want[resource] <= held[resource]) return want[resource];
  // Rounded to a millionth against binary fractions.
  const amount = Math.round(units * rules.unit[resource] * 1e6) / 1e6;
  return Math.max(held[resource], Math.min(want[resource], amount));
};

/** What the host gives for the step from so many units to so many. */
export const costOf = (lane: Lane, from: number, to: number): Size => {
  const of = (resource: Resource): number =>
    lane.resources.includes(resource) ? amountAt(lane, resource, to) - amountAt(lane, resource, from) : 0;
  return { cpu: of('cpu'), mem: of('mem') };
};

/** Whether a VM wants more in the lane that bears this resource's name. */
export const wantsMoreOf = ({ rules, held, want }: WantedGrowth, resource: Resource): boolean => {
  if (rules.independent) return want[resource] > held[resource];
  return resource === RESOURCES[0] && exceeds(want, held);
};

/** Units above the floor that a VM has in the lane of this resource: what it got by its turn. */
export const sharedUnits = (
  { rules, floor }: Omit<WantedGrowth, 'want' | 'held'>,
  held: Size,
  resource: Resource,
): number => {
  const units = wholeUnits(rules, rules.independent ? [resource] : RESOURCES, held);
  return resource === 'mem' && floor !== null ? Math.max(units, unitsUp(floor.mem, rules.unit.mem)) : units;
};
