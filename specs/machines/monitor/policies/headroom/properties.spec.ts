/** What holds for `headroom` whatever it sees. Histories are random, from seeds that a failure names. */
import * as E from 'fp-ts/Either';
import type { Size } from '../../../../../machines/shared/events/size';
import { createPolicy, type AnyPolicy, type PolicyName } from '../../../../../machines/monitor/policies';
import { createHeadroomPolicy } from '../../../../../machines/monitor/policies/headroom/policy';
import { HEADROOM_DEFAULTS } from '../../../../../machines/monitor/policies/headroom/parameters';
import type { HeadroomState } from '../../../../../machines/monitor/policies/headroom/state';
import type { Recommendation, Observation } from '../../../../../machines/monitor/policies/policy';
import { LoadAverages } from '../../../../../machines/simulation/server';
import { exceeds, toWholeUnits, type SizingRules } from '../../../../../machines/shared/sizing';
import { leftAt, sizeHolding } from '../../../../../machines/monitor/memory/ladder';
import { GIB, MIB, SECOND_MS } from '../../../../../machines/shared/units';
import { units } from '../../../../support/chart-events';
import { observed } from '../../../../support/observation';
import { between, forRandom, pick, type Random } from '../../../../support/random';

const policy = createHeadroomPolicy();
const RULES: SizingRules = { unit: units(1), min: units(1), max: units(32), independent: false };

const sizeOf = ({ cpu, memBytes }: Recommendation): Size => toWholeUnits(RULES, { cpu: cpu ?? 0, mem: memBytes ?? 0 });

const maybe = (random: Random, value: number): number | null => (random() < 0.05 ? null : value);

const sometimes = (random: Random, high: number): number => (random() < 0.7 ? 0 : between(random, 0, high));

/** Beats of 100 ms to 300 s, with signals that are missing now and then. */
const history = (random: Random, samples = 60): Observation[] => {
  const elapsedMs = pick(random, [100, 1000, 5000, 60_000, 300_000]);
  return Array.from({ length: samples }, (_, i) =>
    observed({
      at: (i + 1) * elapsedMs,
      elapsedMs,
      load1: maybe(random, between(random, 0, 8)),
      runCores: maybe(random, between(random, 0, 4)),
      waitingTasks: maybe(random, sometimes(random, 40)),
      taskSeconds: maybe(random, between(random, 0.001, 1)),
      neededBytes: maybe(random, between(random, 0, 8 * GIB)),
      besideBytes: sometimes(random, GIB),
      keptBytes: 100 * MIB,
      freeBytes: maybe(random, sometimes(random, GIB)),
      pageCacheBytes: maybe(random, between(random, 0, 8 * GIB)),
      fileCacheBytes: maybe(random, sometimes(random, 2 * GIB)),
      refaultPagesPerS: maybe(random, sometimes(random, 2000)),
      readsPerS: maybe(random, sometimes(random, 2000)),
      cpuStallFraction: maybe(random, between(random, 0, 1)),
      ioStallFraction: maybe(random, sometimes(random, 1)),
      memoryStallFraction: maybe(random, sometimes(random, 1)),
      shortageBytes: random() < 0.95 ? 0 : between(random, 0, 16 * GIB),
      growthBytesPerS: sometimes(random, GIB),
      riseBytes: sometimes(random, GIB),
      grantUpMs: between(random, 200, 60_000),
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

it('holds the memory that is in use, what stands beside it, and leaves what the ladder recommends', () => {
  forRandom(100, (random) => {
    const observed = history(random);
    run(observed).needs.forEach(({ memBytes }, i) => {
      const { neededBytes, besideBytes, keptBytes, fileCacheBytes, shortageBytes } = observed[i]!;
      expect(memBytes === null).toBe(neededBytes === null);
      if (memBytes === null || neededBytes === null) return;
      const holds = neededBytes + besideBytes + keptBytes + (fileCacheBytes ?? 0);
      // Rounding to whole units forgives a millionth of one.
      expect(memBytes - holds).toBeGreaterThanOrEqual(leftAt('recommended', memBytes) - GIB / 1e6);
      expect(memBytes).toBeGreaterThanOrEqual(shortageBytes - GIB / 1e6);
    });
  });
});

const withoutCache = ({ parts }: Recommendation): number => Math.max(parts['retainedBytes']!, parts['forecastBytes']!);

/** Only a size that would take page cache is gone down to by steps; a larger one, where the cache has room, at once. */
const hasRoomForCache = ({ memBytes }: Recommendation, seen: Observation): boolean => {
  const inUse = (seen.neededBytes ?? 0) + seen.keptBytes + seen.besideBytes;
  return seen.pageCacheBytes !== null && (memBytes ?? 0) + GIB - sizeHolding('approved', inUse) >= seen.pageCacheBytes;
};

/** What a VM that is granted so much makes of a demand: what does not run waits, and how much that is, is known. */
const served = (demand: number, { capacityCores }: Observation) => ({
  runCores: Math.min(demand, capacityCores),
  waitingTasks: Math.max(0, demand - capacityCores),
  taskSeconds: 1,
});

it('never yields less for more demand after the same history', () => {
  forRandom(400, (random) => {
    const observed = history(random);
    const last = observed.at(-1)!;
    const { state } = run(observed.slice(0, -1));
    const maybeMore = (most: number): number => (random() < 0.5 ? 0 : random() * most);
    const demand = between(random, 0, 8);
    const less = { ...last, ...served(demand, last), neededBytes: last.neededBytes ?? GIB };
    const more = {
      ...less,
      ...served(demand + random() + maybeMore(4), last),
      cpuStallFraction: less.cpuStallFraction === null ? null : less.cpuStallFraction + maybeMore(1),
      neededBytes: less.neededBytes + random() * GIB,
      besideBytes: less.besideBytes + maybeMore(GIB),
      shortageBytes: less.shortageBytes + maybeMore(8 * GIB),
      growthBytesPerS: less.growthBytesPerS + maybeMore(GIB),
      riseBytes: less.riseBytes + maybeMore(GIB),
    };
    const [small, large] = [policy.step(state, less).recommendation, policy.step(state, more).recommendation];
    if (small.cpu !== null) expect(large.cpu).toBeGreaterThanOrEqual(small.cpu);
    expect(withoutCache(large)).toBeGreaterThanOrEqual(withoutCache(small));
    if (!hasRoomForCache(large, more)) expect(large.memBytes).toBeGreaterThanOrEqual(small.memBytes!);
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
const secondsToWish = (
  policy: AnyPolicy,
  size: number,
  before: number,
  after: number,
  taskSeconds: number | null,
): number | null => {
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
        waitingTasks: delay,
        taskSeconds,
        granted,
      }),
    );
    state = step.state;
    if (second > 120 && exceeds(sizeOf(step.recommendation), granted)) return second - 120;
  }
  return null;
};

/** A step in demand that does not fit, and how soon either policy wishes for more. */
const steps = (random: Random) => {
  const size = Math.ceil(between(random, 0, 16));
  const capacity = units(size).cpu;
  const before = between(random, 0.1, 0.8) * capacity;
  const after = capacity * between(random, 1.001, 4);
  return (name: PolicyName, taskSeconds: number | null): number =>
    secondsToWish(createPolicy(name, RULES.unit), size, before, after, taskSeconds) ?? Infinity;
};

it('wishes for more within a second, no later than goal-cu, after any step in demand that does not fit', () => {
  forRandom(60, (random) => {
    const seconds = steps(random);
    expect(seconds('headroom', 1)).toBeLessThanOrEqual(seconds('goal-cu', 1));
    expect(seconds('headroom', 1)).toBeLessThanOrEqual(1);
  });
});

it('wishes for more within standingWaitMs where nobody knows what waits', () => {
  forRandom(60, (random) => {
    expect(steps(random)('headroom', null)).toBeLessThanOrEqual(HEADROOM_DEFAULTS.standingWaitMs / SECOND_MS);
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
