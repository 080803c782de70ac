/** What a VM asks of the host at this instant, from all that is known of it. */
import type { Size } from '../shared/events/size';
import { exceeds } from '../shared/sizing';
import type { Claim } from './allot';
import type { VmContext } from './context';
import type { WantedGrowth } from './lanes';
import type { Lender } from './lending';
import { heldSize, rulesOf } from './sizes';
import type { VmState } from './state';
import { turnsNow, type Turns } from './turns';

/** A smaller size could be agreed with its monitor and then be carried out. */
const canShrink = ({ conn, announced, failures, step }: VmContext): boolean =>
  conn !== null && announced !== null && failures === 0 && step?.direction !== 'up';

/** Its floor, or what a refused or stalled downscale left; null while its monitor is not to be asked. */
const leastBytes = ({ risk, floor, loanRefusals }: VmContext, at: number): number | null => {
  const least = risk?.floor ?? null;
  if (least === null || loanRefusals.until > at) return null;
  return floor === null || floor.until <= at ? least.mem : Math.max(least.mem, floor.size.mem);
};

const lenderOf = (context: VmContext, held: Size, at: number): Lender => ({
  canShrink: canShrink(context),
  leastBytes: leastBytes(context, at),
  isAsked: context.goal !== null && context.goal.mem < held.mem,
});

const NOTHING: Size = { cpu: 0, mem: 0 };

export interface Claimant {
  readonly name: string;
  readonly want: Size | null;
  readonly vm: VmState;
}

const growthOf = ({ want, vm: { statechart } }: Claimant): WantedGrowth | null => {
  const { context } = statechart;
  const held = heldSize(context);
  return held === null || want === null
    ? null
    : { rules: rulesOf(context), held, want, floor: context.risk?.floor ?? null };
};

const claimOf = ({ name, want, vm }: Claimant, growth: WantedGrowth | null, turns: Turns, at: number): Claim => {
  const { context } = vm.statechart;
  const held = heldSize(context);
  return {
    ...{ name, rules: rulesOf(context), held, want, turns },
    floor: context.risk?.floor ?? null,
    since: growth !== null && exceeds(growth.want, growth.held) ? (vm.since ?? at) : null,
    exhaustedAt: context.risk?.exhaustedAt ?? null,
    lender: lenderOf(context, held ?? NOTHING, at),
  };
};

/** The claims of all VMs, in their order. */
export const claimsOf = (claimants: readonly Claimant[], at: number): readonly Claim[] => {
  const growths = claimants.map(growthOf);
  const turns = turnsNow(claimants.map(({ vm }, index) => ({ turns: vm.turns, growth: growths[index] ?? null })));
  return claimants.map((claimant, index) =>
    claimOf(claimant, growths[index] ?? null, turns[index] ?? claimant.vm.turns, at),
  );
};
