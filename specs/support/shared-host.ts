/** A host of VMs that take and give units when they are told to, shared out by allot.ts: for tables and properties. */
import { allot, type Allotment, type Claim } from '../../machines/agent/allot';
import { FIRST_TURNS, turnsAfter, turnsNow, type Turns } from '../../machines/agent/turns';
import type { Size } from '../../machines/shared/events/size';
import { exceeds, type SizingRules } from '../../machines/shared/sizing';
import { units } from './chart-events';

export const RULES: SizingRules = { unit: units(1), min: units(1), max: units(32), independent: false };
export const NO_SIZE: Size = { cpu: 0, mem: 0 };

/** In whole units; a VM that could lend whatever is above its floor. */
export interface UnitClaim {
  readonly held: number;
  readonly want: number;
  readonly floor?: number;
  readonly since?: number;
  readonly exhaustedAt?: number;
  readonly round?: number;
  readonly canShrink?: boolean;
  readonly isAsked?: boolean;
}

export const unitClaim = (name: string, { held, want, floor, since, round = 0, ...rest }: UnitClaim): Claim => ({
  name,
  rules: RULES,
  held: units(held),
  want: units(want),
  floor: floor === undefined ? null : units(floor),
  since: want > held ? (since ?? 0) : null,
  exhaustedAt: rest.exhaustedAt ?? null,
  turns: { cpu: { round, waits: want > held }, mem: { round, waits: want > held } },
  lender: {
    canShrink: rest.canShrink ?? true,
    leastBytes: floor === undefined ? null : units(floor).mem,
    isAsked: rest.isAsked ?? false,
  },
});

export interface HostedVm {
  readonly name: string;
  readonly rules: SizingRules;
  held: Size;
  want: Size;
  floor: Size | null;
  exhaustedAt: number | null;
  since: number | null;
  turns: Turns;
}

const MANY = 1e6;

/** What the agent's engine does around allot, without hypervisors, sessions or frames. */
export class SharedHost {
  at = 0;

  constructor(
    readonly capacity: Size,
    readonly vms: readonly HostedVm[],
    readonly reserve: Size = NO_SIZE,
  ) {}

  /** What is decided now; puts down who waits, and whose turn it is. */
  decide(): ReadonlyMap<string, Allotment> {
    const turns = turnsNow(this.vms.map((vm) => ({ turns: vm.turns, growth: vm })));
    const claims = this.vms.map((vm, index): Claim => {
      vm.since = exceeds(vm.want, vm.held) ? (vm.since ?? this.at) : null;
      vm.turns = turns[index] ?? vm.turns;
      return { ...vm, lender: { canShrink: true, leastBytes: vm.floor?.mem ?? null, isAsked: false } };
    });
    return allot({ capacity: this.capacity, reserve: this.reserve }, claims);
  }

  /** The VM has this size now. */
  moves(vm: HostedVm, held: Size): void {
    vm.turns = turnsAfter(vm.turns, vm, vm.held, held);
    vm.held = held;
  }

  held(resource: keyof Size): number {
    return this.vms.reduce((sum, vm) => sum + Math.round(vm.held[resource] * MANY) / MANY, 0);
  }
}

export const hostedVm = (name: string, held: Size, rules: SizingRules = RULES): HostedVm => ({
  ...{ name, rules, held, want: held },
  ...{ floor: null, exhaustedAt: null, since: null, turns: FIRST_TURNS },
});
