/**
 * How the agent shared the host before it knew floors: VMs that want more are served in the order in which they began to
 * want it, each as far as what is left goes. Kept to be compared with (specs/machines/agent/fleet.spec.ts).
 */
import type { Allotment, Claim, Sharing } from '../../machines/agent/allot';
import { wholeUnitsWithin } from '../../machines/agent/sizes';
import type { Size } from '../../machines/shared/events/size';
import { exceeds, larger, toWholeUnits } from '../../machines/shared/sizing';

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

const UNTOLD = { sharers: 1, servedFirst: false, loan: null };

export const firstCome: Sharing = ({ capacity }, claims) => {
  const allotted = new Map<string, Allotment>();
  // A VM of which nothing is known may have all of it.
  const taken = claims.reduce((sum, { held }) => plus(sum, held ?? { cpu: Infinity, mem: Infinity }), NONE);
  let left = capacity === null ? { cpu: Infinity, mem: Infinity } : atLeastNone(minus(capacity, taken));
  // The sort is stable: of two that came at once, the one named first.
  for (const claim of [...claims].sort(bySince)) {
    const { name, held, want } = claim;
    if (held === null || want === null) continue;
    const size = capacity === null || !exceeds(want, held) ? want : fit(claim, want, held, left);
    allotted.set(name, { ...UNTOLD, size, left: exceeds(want, size) ? left : null });
    left = atLeastNone(minus(left, atLeastNone(minus(size, held))));
  }
  return allotted;
};
