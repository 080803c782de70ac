/**
 * Who lends memory to a VM at risk when nothing is free: VMs that hold more than their own floor, the largest surplus
 * first, one unit each at a time. They are asked by DownscaleRequest, so the last word has their monitor, which judges
 * by fresh readings (rule R5). Whoever lends keeps its want, and gets the unit back when there is room.
 */
import type { Size } from '../shared/events/size';
import { larger, unitsUp } from '../shared/sizing';
import type { WantedGrowth } from './lanes';

export interface Lender {
  /** A smaller size could be agreed and carried out now. */
  readonly canShrink: boolean;
  /** Memory that it keeps in any case; null: not known, so it lends nothing. */
  readonly leastBytes: number | null;
  /** It is asked to lend already. */
  readonly isAsked: boolean;
}

export interface Loan {
  /** What the lender is to have. */
  readonly size: Size;
  readonly bytes: number;
  /** The VM at risk; null: the reserve for such VMs. */
  readonly to: string | null;
}

interface LendingClaim extends WantedGrowth {
  readonly name: string;
  readonly lender: Lender;
}

interface Offer {
  readonly name: string;
  readonly isAsked: boolean;
  readonly surplusBytes: number;
  readonly given: Size;
  readonly size: Size;
}

const NONE: Size = { cpu: 0, mem: 0 };
const minus = (a: Size, b: Size): Size => ({ cpu: a.cpu - b.cpu, mem: a.mem - b.mem });
/** Gives some of what is still lacking. */
const helps = (given: Size, lacking: Size): boolean =>
  (lacking.mem > 0 && given.mem > 0) || (lacking.cpu > 0 && given.cpu > 0);

/** One unit less; CPUs go along where they are tied to memory. */
const oneUnitLess = ({ rules: { unit, independent }, held }: WantedGrowth): Size => {
  const units = unitsUp(held.mem, unit.mem) - 1;
  const cpu = independent ? held.cpu : Math.min(held.cpu, Math.max(units * unit.cpu, held.cpu - unit.cpu));
  return { cpu, mem: units * unit.mem };
};

const offerOf = (claim: LendingClaim): Offer | null => {
  const { name, rules, held, want, lender } = claim;
  // One that wants less gives it up already.
  if (!lender.canShrink || lender.leastBytes === null || want.mem < held.mem) return null;
  const size = oneUnitLess(claim);
  if (size.mem < Math.max(lender.leastBytes, rules.min.mem) || size.cpu < rules.min.cpu) return null;
  const given = minus(held, size);
  return { name, isAsked: lender.isAsked, surplusBytes: held.mem - lender.leastBytes, given, size };
};

/** Those who were asked already come first: else each change of a surplus would turn a shrink round. */
const byPreference = (a: Offer, b: Offer): number =>
  Number(b.isAsked) - Number(a.isAsked) || b.surplusBytes - a.surplusBytes;

/** What is being given up anyway. */
const comingOf = ({ held, want, lender }: LendingClaim): Size =>
  lender.canShrink ? larger(minus(held, want), NONE) : NONE;

/** @param lacking what is not free; @returns by the lender's name */
export const loansFor = (to: string | null, lacking: Size, claims: readonly LendingClaim[]): Map<string, Loan> => {
  const loans = new Map<string, Loan>();
  let rest = claims.map(comingOf).reduce(minus, lacking);
  // The sort is stable: of two with one surplus, the one named first.
  const offers = claims.flatMap((claim) => offerOf(claim) ?? []).sort(byPreference);
  for (const { name, size, given } of offers) {
    if (!helps(given, rest)) continue;
    loans.set(name, { size, bytes: given.mem, to });
    rest = minus(rest, given);
  }
  return loans;
};
