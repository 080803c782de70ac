/** How fast the policies and the whole engine are: simulations run millions of steps. */
import { initialContext } from '../../machines/monitor/statechart/context';
import { toObservation } from '../../machines/monitor/engine/observe';
import { EMPTY_DOMAIN, type Domain } from '../../machines/monitor/engine/state';
import type { Readings } from '../../machines/monitor/events/readings';
import { observeUse } from '../../machines/monitor/memory/growth';
import { useBytes } from '../../machines/monitor/memory/use';
import { createPolicy, type PolicyName } from '../../machines/monitor/policies';
import type { Observation } from '../../machines/monitor/policies/policy';
import { distributionOf, resolution } from './figures';
import { atLeast, figureOnly, type Bench, type Row } from './row';
import { SETUP, SimulatedMonitor, countingSink } from './simulated-monitor';
import { createWorkload } from './workload';

const BEAT_MS = 100;
/** Almost three hours: longer than all windows. */
const STEPS = 100_000;
const PASSES = 20;
const LEAST_STEPS_PER_S = 500_000;

/** The first hours of the busy day. */
const someReadings = (): readonly Readings[] => {
  const workload = createWorkload('busy');
  return Array.from({ length: STEPS }, () => workload(BEAT_MS));
};

/** What the engine would show a policy; the size stays as it is. */
const observations = (all: readonly Readings[]): readonly Observation[] => {
  const context = initialContext(SETUP.engine.statechart);
  let domain: Domain = EMPTY_DOMAIN;
  return all.map((readings, i) => {
    const at = i * BEAT_MS;
    domain = { ...domain, growth: observeUse(domain.growth, at, useBytes(readings) ?? 0) };
    const sample = { type: 'sample.taken', elapsedMs: BEAT_MS, skippedSamples: 0, readings } as const;
    return toObservation(at, sample, domain, context, SETUP.engine);
  });
};

const perSecond = (work: () => void): number => {
  const begunAt = performance.now();
  work();
  return (STEPS * 1000) / (performance.now() - begunAt);
};

const passes = (work: () => void): readonly number[] => Array.from({ length: PASSES }, () => perSecond(work));

const policyRow = (name: PolicyName, observed: readonly Observation[]): Row => {
  const policy = createPolicy(name, SETUP.engine.sizing.unit);
  const rates = distributionOf(
    passes(() => {
      let state = policy.initial;
      let needed = 0;
      for (const observation of observed) {
        const step = policy.step(state, observation);
        state = step.state;
        needed += step.recommendation.memBytes ?? 0;
      }
      // The results are used, so that none can be left out by the compiler.
      if (!(needed > 0)) throw new Error(`${name} needs nothing`);
    }),
  );
  return atLeast(LEAST_STEPS_PER_S, {
    name: `policy ${name}`,
    value: rates.median,
    unit: 'steps/s',
    notes: [`${resolution(rates, 'steps/s')}; passes of ${STEPS} steps, the first one not yet compiled`],
  });
};

const engineRow = (all: readonly Readings[]): Row => {
  const rates = distributionOf(
    passes(() => {
      const monitor = new SimulatedMonitor(countingSink());
      monitor.start();
      for (const readings of all) monitor.beat(readings, BEAT_MS);
    }),
  );
  return figureOnly({
    name: 'engine with headroom, in the core loop',
    value: rates.median,
    unit: 'samples/s',
    notes: [resolution(rates, 'samples/s')],
  });
};

export const policies: Bench = () => {
  const all = someReadings();
  const observed = observations(all);
  const names: readonly PolicyName[] = ['headroom', 'goal-cu', 'sliding-max'];
  return Promise.resolve([...names.map((name) => policyRow(name, observed)), engineRow(all)]);
};
