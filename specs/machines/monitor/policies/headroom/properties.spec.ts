/** What holds for `headroom` whatever it sees. Histories are random, from seeds that a failure names. */
import * as E from 'fp-ts/Either';
import type { Size } from '../../../../../machines/shared/events/size';
import { createPolicy, type AnyPolicy } from '../../../../../machines/monitor/policies';
import { createHeadroomPolicy } from '../../../../../machines/monitor/policies/headroom/policy';
import type { HeadroomState } from '../../../../../machines/monitor/policies/headroom/state';
import type { Recommendation, Observation } from '../../../../../machines/monitor/policies/policy';
import { LoadAverages } from '../../../../../machines/simulation/server';
import { exceeds, toWholeUnits, type SizingRules } from '../../../../../machines/shared/sizing';
import { GIB, SECOND_MS } from '../../../../../machines/shared/units';
import { units } from '../../../../support/chart-events';
import { observed } from '../../../../support/observation';
import { between, forRandom, pick, type Random } from '../../../../support/random';

const policy = createHeadroomPolicy();
const RULES: SizingRules = { unit: units(1), min: units(1), max: units(32), independent: false };

const sizeOf = ({ cpu, memBytes }: Recommendation): Size => toWholeUnits(RULES, { cpu: cpu ?? 0, mem: memBytes ?? 0 });

const maybe = (random: Random, value: number): number | null => (random() < 0.05 ? null : value);

/** Beats of 100 ms to 300 s, with signals that are missing now and then. */
const history = (random: Random, samples = 60): Observation[] => {
  const elapsedMs = pick(random, [100, 1000, 5000, 60_000, 300_000]);
  return Array.from({ length: samples }, (_, i) =>
    observed({
      at: (i + 1) * elapsedMs,
      elapsedMs,
      load1: maybe(random, between(random, 0, 8)),
      runCores: maybe(random, between(random, 0, 4)),
      delayCores: maybe(random, random() < 0.7 ? 0 : between(random, 0, 4)),
      neededBytes: maybe(random, between(random, 0, 8 * GIB)),
      growthBytesPerS: random() < 0.7 ? 0 : between(random, 0, GIB),
      granted: units(Math.ceil(between(random, 0, 32))),
    }),
  );
};

const run = (observed: readonly Observation[], from: HeadroomState = policy.initial) => {
  const needs: Recommendation[] = [];
  let state = from;
  for (const one of observed) {
    const step = policy.step(state, one);
    state = step.state;
    needs.push(step.recommendation);
  }
  return { state, needs };
};

it('is within the bounds', () => {
  forRandom(100, (random) => {
    for (const recommendation of run(history(random)).needs) {
      expect(exceeds(units(1), sizeOf(recommendation))).toBe(false);
      expect(exceeds(sizeOf(recommendation), units(32))).toBe(false);
    }
  });
});

it('holds the memory that is in use', () => {
  forRandom(100, (random) => {
    const observed = history(random);
    run(observed).needs.forEach(({ memBytes }, i) => {
      expect(memBytes === null).toBe(observed[i]!.neededBytes === null);
      if (memBytes !== null) expect(memBytes).toBeGreaterThan(observed[i]!.neededBytes!);
    });
  });
});

it('never yields less for more demand after the same history', () => {
  forRandom(400, (random) => {
    const observed = history(random);
    const last = observed.at(-1)!;
    const { state } = run(observed.slice(0, -1));
    const known = { ...last, runCores: last.runCores ?? 1, delayCores: last.delayCores ?? 0 };
    const less = { ...known, neededBytes: last.neededBytes ?? GIB };
    const more = {
      ...less,
      runCores: less.runCores + random(),
      delayCores: less.delayCores + (random() < 0.5 ? 0 : random()),
      neededBytes: less.neededBytes + random() * GIB,
      growthBytesPerS: less.growthBytesPerS + (random() < 0.5 ? 0 : random() * GIB),
    };
    const [small, large] = [policy.step(state, less).recommendation, policy.step(state, more).recommendation];
    if (small.cpu !== null) expect(large.cpu).toBeGreaterThanOrEqual(small.cpu);
    expect(large.memBytes).toBeGreaterThanOrEqual(small.memBytes!);
  });
});

it('does not oscillate on constant demand with noise', () => {
  forRandom(6, (random) => {
    const cores = between(random, 0.1, 6);
    const bytes = between(random, 0.5, 20) * GIB;
    const seen = Array.from({ length: 7200 }, (_, i) =>
      observed({
        at: (i + 1) * SECOND_MS,
        elapsedMs: SECOND_MS,
        runCores: cores * between(random, 0.8, 1.2),
        neededBytes: bytes * between(random, 0.99, 1.01),
        granted: units(32),
      }),
    );
    const sizes = run(seen).needs.map((recommendation) => sizeOf(recommendation).mem);
    const late = sizes.slice(3600);
    const changes = late.filter((size, i) => i > 0 && size !== late[i - 1]);
    expect(changes.length).toBeLessThanOrEqual(2);
  });
});

/** A VM of so many units that served `before` cores and now is asked for `after`; seconds until more is wished for, else null. */
const secondsToWish = (policy: AnyPolicy, size: number, before: number, after: number): number | null => {
  const granted = units(size);
  const load = new LoadAverages();
  let state = policy.initial;
  let backlog = 0;
  for (let second = 1; second <= 420; second += 1) {
    const demand = second <= 120 ? before : after;
    const run = Math.min(demand + backlog, granted.cpu);
    const delay = demand + backlog - run;
    backlog = Math.min(10 * demand, delay);
    load.observe(second, run + delay);
    const step = policy.step(
      state,
      observed({
        at: second * SECOND_MS,
        elapsedMs: SECOND_MS,
        load1: load.load1,
        load5: load.load5,
        runCores: run,
        delayCores: delay,
        granted,
      }),
    );
    state = step.state;
    if (second > 120 && exceeds(sizeOf(step.recommendation), granted)) return second - 120;
  }
  return null;
};

it('wishes for more no later than goal-cu after any step in demand that does not fit', () => {
  forRandom(60, (random) => {
    const size = Math.ceil(between(random, 0, 16));
    const capacity = units(size).cpu;
    const before = between(random, 0.1, 0.8) * capacity;
    const after = capacity * between(random, 1.001, 4);
    const ours = secondsToWish(createPolicy('headroom', RULES.unit), size, before, after) ?? Infinity;
    const theirs = secondsToWish(createPolicy('goal-cu', RULES.unit), size, before, after) ?? Infinity;
    expect(ours).toBeLessThanOrEqual(theirs);
    expect(ours).toBeLessThanOrEqual(1);
  });
});

it('is deterministic, and goes on from a state that was written and read back', () => {
  forRandom(100, (random) => {
    const observed = history(random);
    const half = run(observed.slice(0, 30));
    const readBack = policy.stateCodec.decode(JSON.parse(JSON.stringify(half.state)));
    if (E.isLeft(readBack)) throw new Error('the state is not readable');
    expect(run(observed.slice(30), readBack.right)).toEqual(run(observed.slice(30), half.state));
    expect(run(observed)).toEqual(run(observed));
  });
});

it.each([100, 500, 5000])('decides the same at a beat of %d ms as at one of a second', (intervalMs) => {
  forRandom(3, (random) => {
    // Ten minutes each, so that the slowest beat sees every level.
    const levels = Array.from({ length: 6 }, () => ({
      cores: between(random, 0.1, 4),
      bytes: between(random, 0.5, 20) * GIB,
    }));
    const ends = (elapsedMs: number): Size[] =>
      levels.map((_, level) => {
        const samples = ((level + 1) * 600_000) / elapsedMs;
        const seen = Array.from({ length: samples }, (_value, i) => {
          const { cores, bytes } = levels[Math.floor((i * elapsedMs) / 600_000)]!;
          return observed({
            at: (i + 1) * elapsedMs,
            elapsedMs,
            runCores: cores,
            neededBytes: bytes,
            granted: units(32),
          });
        });
        return sizeOf(run(seen).needs.at(-1)!);
      });
    expect(ends(intervalMs)).toEqual(ends(SECOND_MS));
  });
});
