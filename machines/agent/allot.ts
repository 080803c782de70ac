/**
 * Who gets how much of the host. First come, first served: VMs that want more are served in the order
 * in which they began to want it, each as far as what is left goes, and again whenever others shrink.
 * What a VM has is never given away, and what it gives up counts as free only once it is observed to be gone.
 */
import type { Size } from '../shared/events/size';
import { exceeds, larger, toWholeUnits, type SizingRules } from '../shared/sizing';
import { wholeUnitsWithin } from './sizes';

export interface Claim {
  readonly name: string;
  readonly rules: SizingRules;
  /** What the VM has, or what was asked for it; null: not known. */
  readonly held: Size | null;
  /** In whole units within the rules; null: it wants nothing. */
  readonly want: Size | null;
  /** Since when it has wanted more than it has; null: it does not. */
  readonly since: number | null;
}

export interface Allotment {
  readonly size: Size;
  /** What was left for this VM, when that was less than it wanted; else null. */
  readonly left: Size | null;
}

const NONE: Size = { cpu: 0, mem: 0 };

const minus = (a: Size, b: Size): Size => ({ cpu: a.cpu - b.cpu, mem: a.mem - b.mem });
const plus = (a: Size, b: Size): Size => ({ cpu: a.cpu + b.cpu, mem: a.mem + b.mem });
const atLeastNone = (size: Size): Size => larger(size, NONE);

/** As much as is free: whole units, tied if the rules tie them; never less than what it has of what is wanted. */
const fit = ({ rules }: Claim, want: Size, held: Size, left: Size): Size => {
  const room = wholeUnitsWithin(rules, plus(held, left));
  const within = toWholeUnits(
    { ...rules, max: { cpu: Math.min(want.cpu, room.cpu), mem: Math.min(want.mem, room.mem) } },
    want,
  );
  const of = (resource: keyof Size): number =>
    want[resource] <= held[resource] ? want[resource] : Math.max(within[resource], held[resource]);
  return { cpu: of('cpu'), mem: of('mem') };
};

const bySince = (a: Claim, b: Claim): number => (a.since ?? Infinity) - (b.since ?? Infinity);

/** @param capacity of the host for all VMs together; null: without end */
export const allot = (capacity: Size | null, claims: readonly Claim[]): ReadonlyMap<string, Allotment> => {
  const allotted = new Map<string, Allotment>();
  // A VM of which nothing is known may have all of it.
  const taken = claims.reduce((sum, { held }) => plus(sum, held ?? { cpu: Infinity, mem: Infinity }), NONE);
  let left = capacity === null ? { cpu: Infinity, mem: Infinity } : atLeastNone(minus(capacity, taken));
  // The sort is stable: of two that came at once, the one named first.
  for (const claim of [...claims].sort(bySince)) {
    const { name, held, want } = claim;
    if (held === null || want === null) continue;
    const size = capacity === null || !exceeds(want, held) ? want : fit(claim, want, held, left);
    allotted.set(name, { size, left: exceeds(want, size) ? left : null });
    left = atLeastNone(minus(left, atLeastNone(minus(size, held))));
  }
  return allotted;
};
