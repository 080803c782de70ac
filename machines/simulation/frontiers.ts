/** Curves of cost against shortage: one policy from tight to wide, by one of its numbers. */
import { createHeadroomPolicy } from '../monitor/policies/headroom/policy';
import {
  HEADROOM_DEFAULTS,
  PREFERENCES,
  type HeadroomParameters,
  type Preference,
} from '../monitor/policies/headroom/parameters';
import { opaque } from '../monitor/policies/opaque';
import { SECOND_MS } from '../shared/units';
import { createReactive } from './baselines/reactive';
import type { PolicyUnderTest } from './policy-under-test';

export interface FrontierPoint {
  /** The value of the number. */
  readonly label: string;
  readonly policy: PolicyUnderTest;
}

export interface Frontier {
  readonly policy: string;
  /** The number that changes. */
  readonly parameter: string;
  /** Of which it buys more; null: of both. */
  readonly resource: 'cpu' | 'memory' | null;
  /** From tight to wide. */
  readonly points: readonly FrontierPoint[];
}

const headroom = (name: string, parameters: Partial<HeadroomParameters>): PolicyUnderTest => ({
  name,
  holdsBack: true,
  policyFor: (_trace, { unit }) => opaque(createHeadroomPolicy({ ...parameters, computeUnit: unit })),
});

/** As in the monitor: one point of each of its curves. */
export const HEADROOM = headroom('headroom', {});

const priceLabel = (ms: number): string => `${ms / SECOND_MS} s`;

const withDeviations = (headroomDeviations: number): FrontierPoint => ({
  label: String(headroomDeviations),
  policy: headroom(`headroom-deviations-${headroomDeviations}`, { headroomDeviations }),
});

const preferring = (preference: Preference): FrontierPoint => ({
  label: preference,
  policy: headroom(`headroom-${preference}`, PREFERENCES[preference]),
});

const withPrice = (seconds: number): FrontierPoint => ({
  label: priceLabel(seconds * SECOND_MS),
  policy: headroom(`headroom-price-${seconds}s`, { priceMs: seconds * SECOND_MS }),
});

const asInMonitor = (label: string): FrontierPoint => ({ label, policy: HEADROOM });

const byFactor: Frontier = {
  policy: 'reactive',
  parameter: 'factor',
  resource: null,
  points: [1, 1.05, 1.1, 1.2, 1.4].map((factor) => ({
    label: `×${factor}`,
    policy: {
      name: `reactive-x${factor}`,
      holdsBack: false,
      policyFor: () => opaque(createReactive({ factor })),
    },
  })),
};

const byDeviations: Frontier = {
  policy: 'headroom',
  parameter: 'headroomDeviations',
  resource: 'cpu',
  points: [
    withDeviations(0),
    asInMonitor(String(HEADROOM_DEFAULTS.headroomDeviations)),
    ...[1, 2, 3].map(withDeviations),
  ],
};

const byPreference: Frontier = {
  policy: 'headroom',
  parameter: 'prefer',
  resource: null,
  points: [preferring('cost'), asInMonitor('balanced'), preferring('performance')],
};

const byPrice: Frontier = {
  policy: 'headroom',
  parameter: 'priceMs',
  resource: null,
  points: [withPrice(60), asInMonitor(priceLabel(HEADROOM_DEFAULTS.priceMs)), withPrice(960)],
};

export const FRONTIERS: readonly Frontier[] = [byFactor, byDeviations, byPreference, byPrice];
