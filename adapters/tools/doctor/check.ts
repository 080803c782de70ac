/** What a check is, and what it finds. */
import * as E from 'fp-ts/Either';
import type { FlagValues } from '../../monitor/config/flags';
import type { CgroupFacts, Facts } from './probe';
import type { Fact } from './read';

/** What of the monitor's work a check matters to. */
export type Requirement =
  'sensing' | 'sizing' | 'own safety' | 'event log' | 'tripwire' | 'throttle' | 'shmCap' | 'cancel';

/** What each level of --protect asks for. */
const ALWAYS: readonly Requirement[] = ['sensing', 'sizing', 'own safety', 'event log'];
export const NEEDS_OF: Readonly<Record<FlagValues['protect'], readonly Requirement[]>> = {
  observe: ALWAYS,
  tripwire: [...ALWAYS, 'tripwire'],
  throttle: [...ALWAYS, 'tripwire', 'throttle'],
  full: [...ALWAYS, 'tripwire', 'throttle', 'shmCap', 'cancel'],
};

export interface Judgement {
  /** warning: works, but worse or not surely; missing: what needs it does not work. */
  readonly verdict: 'ok' | 'warning' | 'missing';
  readonly found: string;
  /** A command, a boot parameter or a setting; null where nothing is to be done. */
  readonly fix: string | null;
}

export const ok = (found: string): Judgement => ({ verdict: 'ok', found, fix: null });
export const finding = (found: string, fix: string): Judgement => ({ verdict: 'warning', found, fix });
export const lacks = (found: string, fix: string): Judgement => ({ verdict: 'missing', found, fix });

/** Of what cannot be read it is known only that; the same fix may help. */
export const known = <A>(fact: Fact<A>, fix: string, judge: (value: A) => Judgement): Judgement =>
  E.isLeft(fact) ? finding(fact.left, fix) : judge(fact.right);

interface Check {
  readonly needs: readonly Requirement[];
}

/** About the machine. */
export interface MachineCheck extends Check {
  readonly judge: (facts: Facts) => Judgement;
}

/** About the managed cgroup; asked only when one is named. */
export interface CgroupCheck extends Check {
  readonly judge: (cgroup: CgroupFacts, facts: Facts) => Judgement;
}

export interface Finding extends Check, Judgement {
  readonly name: string;
}
