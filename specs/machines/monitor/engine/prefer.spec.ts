/** The one dial of `headroom`. */
import { GIB, MINUTE_MS } from '../../../../machines/shared/units';
import type { EngineSetup } from '../../../../machines/monitor/engine/state';
import { expectRulesKept, story } from '../../../support/scenario';

afterEach(expectRulesKept);

/** Of a cent of a vCPU, so that it shows. */
const UNIT = { cpu: 0.01, mem: GIB };

/** What is recommended where demand varies around 1.1 cores from second to second. */
const leastCores = (prefer: EngineSetup['prefer']): number =>
  story({ prefer, sizing: { unit: UNIT, min: UNIT, max: null, independent: true } })
    .has({ size: { cpu: 2, mem: 4 * GIB } })
    .runs(10 * MINUTE_MS, (ms) => ({ busyCores: Math.floor(ms / 1000) % 2 === 0 ? 0.8 : 1.4 })).state.domain
    .recommendation?.parts['leastCores'] ?? NaN;

it('gives the more CPU above the level of demand, the more it prefers performance', () => {
  const [cost, balanced, performance] = [leastCores('cost'), leastCores('balanced'), leastCores('performance')];
  expect(cost).toBeGreaterThan(1.1);
  expect(balanced).toBeGreaterThan(cost);
  expect(performance).toBeGreaterThan(balanced);
  expect(performance).toBeLessThan(1.4);
});
