/**
 * Whose turn it is when what comes free is shared: start-time fair queueing (Goyal, Vin, Cheng: Start-time Fair
 * Queueing, SIGCOMM 1996) with one unit as the quantum. Each VM has the number of the round in which its next unit is
 * due. A unit received moves it on by a round; whoever begins to wait enters the present round, or the next one if it has
 * had its unit of this one already. So before the first unit of a VM that comes to wait nobody receives two, and between two
 * of its units nobody three, however wants come and go; and what is due does not change while a unit is under way.
 */
import * as t from 'io-ts';
import { finite } from '../shared/events/finite';
import type { Size } from '../shared/events/size';
import { sharedUnits, wantsMoreOf, type WantedGrowth } from './lanes';
import type { Resource } from './sizes';

const Turn = t.readonly(t.type({ round: finite, waits: t.boolean }));
type Turn = t.TypeOf<typeof Turn>;

/** By the resource that names a lane. */
export const Turns = t.readonly(t.type({ cpu: Turn, mem: Turn }));
export type Turns = t.TypeOf<typeof Turns>;

const FIRST: Turn = { round: 0, waits: false };
export const FIRST_TURNS: Turns = { cpu: FIRST, mem: FIRST };

export interface Waiting {
  /** As they were. */
  readonly turns: Turns;
  /** Null: nothing is known of the VM. */
  readonly growth: WantedGrowth | null;
}

const waitsNow = ({ growth }: Waiting, resource: Resource): boolean => growth !== null && wantsMoreOf(growth, resource);

/** The round of those who have waited and still do. */
const presentRound = (vms: readonly Waiting[], resource: Resource): number | null => {
  const waiting = vms.filter((vm) => vm.turns[resource].waits && waitsNow(vm, resource));
  return waiting.length === 0 ? null : Math.min(...waiting.map(({ turns }) => turns[resource].round));
};

const enter = ({ round }: Turn, present: number | null): number =>
  present === null ? round : Math.min(Math.max(round, present), present + 1);

/** In the order of the VMs. */
export const turnsNow = (vms: readonly Waiting[]): readonly Turns[] => {
  const present = { cpu: presentRound(vms, 'cpu'), mem: presentRound(vms, 'mem') };
  const of = (vm: Waiting, resource: Resource): Turn => {
    const turn = vm.turns[resource];
    const waits = waitsNow(vm, resource);
    return { round: waits && !turn.waits ? enter(turn, present[resource]) : turn.round, waits };
  };
  return vms.map((vm) => ({ cpu: of(vm, 'cpu'), mem: of(vm, 'mem') }));
};

/** After units have come, or were lent. What is given up freely gives no turn back: else it would pay to come and go. */
export const turnsAfter = (turns: Turns, of: Omit<WantedGrowth, 'want' | 'held'>, before: Size, after: Size): Turns => {
  const moved = (resource: Resource): Turn => {
    const turn = turns[resource];
    const units = sharedUnits(of, after, resource) - sharedUnits(of, before, resource);
    return turn.waits && units !== 0 ? { ...turn, round: turn.round + units } : turn;
  };
  return { cpu: moved('cpu'), mem: moved('mem') };
};
