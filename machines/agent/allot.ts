/**
 * Who gets how much of the host. Where there is enough, all that is wanted. Else unit by unit: first to VMs below their
 * floor, by the time until their memory is exhausted, each up to its floor; then in turns (turns.ts), within a turn to
 * the VM with the smallest share of its want, then to the one that has waited longest.
 *
 * The order of the units follows from what each VM has and wants, so units that are on their way change nothing in who
 * gets the others. What a VM has is never given away, and what it gives up counts as free only once it is observed to be
 * gone; when that leaves somebody at risk, others are asked to lend (lending.ts).
 */
import type { Size } from '../shared/events/size';
import { exceeds, larger } from '../shared/sizing';
import { amountAt, costOf, isAtRisk, lanesOf, type WantedGrowth, type Lane } from './lanes';
import { loansFor, type Lender, type Loan } from './lending';
import type { Turns } from './turns';

export interface Claim extends Omit<WantedGrowth, 'held' | 'want'> {
  readonly name: string;
  /** What the VM has, or what was asked for it; null: not known. */
  readonly held: Size | null;
  /** In whole units within the rules; null: it wants nothing. */
  readonly want: Size | null;
  /** Since when it has wanted more than it has; null: it does not. */
  readonly since: number | null;
  /** When its memory is exhausted; null: not known. */
  readonly exhaustedAt: number | null;
  readonly turns: Turns;
  readonly lender: Lender;
}

export interface SharedHost {
  /** Of the host for all VMs together; null: without end. */
  readonly capacity: Size | null;
  /** What is kept of it for VMs below their floor, and asked back when one has had it. */
  readonly reserve: Size;
}

export interface Allotment {
  readonly size: Size;
  /** What was there to be shared, when this VM gets less than it wants; else null. */
  readonly left: Size | null;
  /** The VMs that shared it. */
  readonly sharers: number;
  /** Below its floor on a host that is short. */
  readonly servedFirst: boolean;
  /** What it is asked to lend; null: nothing. */
  readonly loan: Loan | null;
}

/** Who shares the host out; the comparison of specs/simulation takes another. */
export type Sharing = (host: SharedHost, claims: readonly Claim[]) => ReadonlyMap<string, Allotment>;

export type KnownClaim = Claim & WantedGrowth;
type ClaimLane = Lane<KnownClaim>;

const NONE: Size = { cpu: 0, mem: 0 };
const EVERYTHING: Size = { cpu: Infinity, mem: Infinity };
/** Sums of fractions of a vCPU are not exact. */
const CPU_TOLERANCE = 1e-6;

const plus = (a: Size, b: Size): Size => ({ cpu: a.cpu + b.cpu, mem: a.mem + b.mem });
const minus = (a: Size, b: Size): Size => larger({ cpu: a.cpu - b.cpu, mem: a.mem - b.mem }, NONE);
const fits = (cost: Size, left: Size): boolean => cost.mem <= left.mem && cost.cpu <= left.cpu + CPU_TOLERANCE;
const sumOf = (sizes: readonly Size[]): Size => sizes.reduce(plus, NONE);

const isKnown = (claim: Claim): claim is KnownClaim => claim.held !== null && claim.want !== null;

/** Which of two is served first: by the first number that differs. */
const isBefore = (a: readonly number[], b: readonly number[]): boolean => {
  const index = a.findIndex((value, place) => value !== b[place]);
  return index >= 0 && (a[index] ?? 0) < (b[index] ?? 0);
};

const isBelowFloor = ({ floor }: ClaimLane, units: number): boolean => units < floor;

/** Of the lane's next unit. It only grows with the units, which is why units on their way change nothing. */
const rankOf = (lane: ClaimLane, units: number): readonly number[] => {
  const { since, exhaustedAt, turns } = lane.vm;
  const waitsSince = since ?? Infinity;
  if (isBelowFloor(lane, units)) return [0, exhaustedAt ?? Infinity, waitsSince, 0];
  const { round } = lane.resources.includes('mem') ? turns.mem : turns.cpu;
  return [1, round + units - Math.max(lane.held, lane.floor), units / lane.want, waitsSince];
};

/** One sharing while it is under way; changed in place and thrown away after it. */
class Shares {
  private readonly units: Map<ClaimLane, number>;
  /** Lanes of which the next unit may be had. */
  private readonly open: Set<ClaimLane>;
  /** Somebody's turn has come and there was not enough for it. */
  private isTurnKept = false;
  /** What was there for those who take turns. */
  shared: Size | null = null;

  constructor(
    lanes: readonly ClaimLane[],
    public free: Size,
    private readonly reserve: Size,
    /** What is not free, though it has not been given either: somebody waits for it. */
    private kept: Size = NONE,
  ) {
    this.units = new Map(lanes.map((lane) => [lane, lane.held]));
    this.open = new Set(lanes);
  }

  unitsOf(lane: ClaimLane): number {
    return this.units.get(lane) ?? lane.held;
  }

  shareOut(): void {
    for (let lane = this.next(); lane !== null; lane = this.next()) this.serve(lane);
  }

  private next(): ClaimLane | null {
    let first: { readonly lane: ClaimLane; readonly rank: readonly number[] } | null = null;
    for (const lane of this.open) {
      const rank = rankOf(lane, this.unitsOf(lane));
      // Of two with one rank, the one named first.
      if (first === null || isBefore(rank, first.rank)) first = { lane, rank };
    }
    return first?.lane ?? null;
  }

  private serve(lane: ClaimLane): void {
    const units = this.unitsOf(lane);
    const cost = costOf(lane, units, units + 1);
    const isFirst = isBelowFloor(lane, units);
    const left = minus(this.free, isFirst ? this.kept : plus(this.kept, this.reserve));
    if (!isFirst) this.shared ??= left;
    if (!fits(cost, left)) {
      this.open.delete(lane);
      this.keep(cost, isFirst);
      return;
    }
    this.units.set(lane, units + 1);
    this.free = minus(this.free, cost);
    if (units + 1 >= lane.want) this.open.delete(lane);
  }

  /** What does not suffice is kept until it does: else VMs with smaller units would take it away time and again. */
  private keep(cost: Size, isFirst: boolean): void {
    if (!isFirst && this.isTurnKept) return;
    if (!isFirst) this.isTurnKept = true;
    this.kept = plus(this.kept, cost);
  }
}

const sizeOf = (
  { held, want }: KnownClaim,
  lanes: readonly ClaimLane[],
  unitsOf: (lane: ClaimLane) => number,
): Size => {
  const of = (resource: keyof Size): number => {
    const lane = lanes.find(({ resources }) => resources.includes(resource));
    return lane === undefined ? Math.min(want[resource], held[resource]) : amountAt(lane, resource, unitsOf(lane));
  };
  return { cpu: of('cpu'), mem: of('mem') };
};

/** What VMs below their floor still miss. */
const missing = (lanes: readonly ClaimLane[], shares: Shares): Size =>
  sumOf(
    lanes
      .filter(({ vm }) => isAtRisk(vm))
      .map((lane) => costOf(lane, shares.unitsOf(lane), Math.max(lane.floor, shares.unitsOf(lane)))),
  );

const firstMissing = (lanes: readonly ClaimLane[], shares: Shares): string | null => {
  const short = lanes.filter((lane) => isAtRisk(lane.vm) && shares.unitsOf(lane) < lane.floor);
  const ranked = short.sort((a, b) => (isBefore(rankOf(a, a.held), rankOf(b, b.held)) ? -1 : 1));
  return ranked[0]?.vm.name ?? null;
};

const shareShort = (free: Size, reserve: Size, known: readonly KnownClaim[]): ReadonlyMap<string, Allotment> => {
  const lanes = known.map((claim) => lanesOf(claim));
  const all = lanes.flat();
  const shares = new Shares(all, free, reserve);
  shares.shareOut();
  const lacking = minus(plus(missing(all, shares), reserve), shares.free);
  const loans = loansFor(firstMissing(all, shares), lacking, known);
  const left = shares.shared ?? minus(shares.free, reserve);
  const sharers = new Set(all.flatMap((lane) => (lane.want > lane.floor ? [lane.vm.name] : []))).size;
  return new Map(
    known.map((claim, index): [string, Allotment] => {
      const loan = loans.get(claim.name) ?? null;
      const size = loan?.size ?? sizeOf(claim, lanes[index] ?? [], (lane) => shares.unitsOf(lane));
      const servedFirst = isAtRisk(claim) && exceeds(claim.want, claim.held);
      return [claim.name, { size, left: exceeds(claim.want, size) ? left : null, sharers, servedFirst, loan }];
    }),
  );
};

const growthOf = ({ want, held }: KnownClaim): Size => minus(want, held);

/** @param capacity of the host for all VMs together; null: without end */
export const allot: Sharing = ({ capacity, reserve }, claims) => {
  const known = claims.filter(isKnown);
  // A VM of which nothing is known may have all of it.
  const taken = sumOf(claims.map(({ held }) => held ?? EVERYTHING));
  const free = capacity === null ? EVERYTHING : minus(capacity, taken);
  const isEnough = fits(plus(sumOf(known.map(growthOf)), reserve), free);
  if (!isEnough) return shareShort(free, reserve, known);
  const all = { left: null, sharers: 0, servedFirst: false, loan: null };
  return new Map(known.map(({ name, want }) => [name, { size: want, ...all }]));
};
