import {
  NOTHING_SENT,
  createSlidingMax,
  stepRequests,
  type RequestsState,
  type SlidingMaxOptions,
  type SlidingMaxSample,
} from '../../../../../machines/monitor/policies/sliding-max/requests';
import { SLIDING_MAX_DEFAULTS } from '../../../../../machines/monitor/policies/sliding-max/rules';
import type { Size } from '../../../../../machines/shared/events/size';
import { MIB } from '../../../../../machines/shared/units';
import { deepFreeze } from '../../../../support/deep-freeze';
import { mulberry32 } from '../../../../support/prng';

const DRAFT: SlidingMaxOptions = { ...SLIDING_MAX_DEFAULTS, minIntervalMs: 1000 };

/** 0.225 of load ask for exactly one quantum of CPU (0.225 / 0.9 = 0.25), 384 MiB of use for one of memory. */
const ONE_CPU = 0.225;
const ONE_MEM = 384 * MIB;

describe('requests of the draft', () => {
  /** Quanta of CPU and memory by time, and the request each sample is answered with. */
  type Line = readonly [at: number, cpuQuanta: number, memQuanta: number, request: readonly [number, number] | null];

  it.each<[string, readonly Line[]]>([
    ['the first sample is sent though it is zero', [[0, 0, 0, [0, 0]]]],
    [
      'what has been sent is not sent again',
      [
        [0, 1, 1, [1, 1]],
        [1000, 1, 1, null],
        [9000, 1, 1, null],
      ],
    ],
    [
      'a higher target waits for the shortest interval, which may just be over',
      [
        [0, 1, 1, [1, 1]],
        [999, 2, 1, null],
        [1000, 2, 1, [2, 1]],
      ],
    ],
    [
      'the interval counts from the last request, not from the last sample',
      [
        [0, 1, 1, [1, 1]],
        [5000, 2, 1, [2, 1]],
        [5999, 3, 1, null],
        [6000, 3, 1, [3, 1]],
      ],
    ],
    [
      'a peak within the interval is sent afterwards, from the window',
      [
        [0, 1, 1, [1, 1]],
        [500, 4, 1, null],
        [1000, 1, 1, [4, 1]],
      ],
    ],
    [
      'CPU and memory have windows of their own',
      [
        [0, 3, 1, [3, 1]],
        [2000, 1, 5, [3, 5]],
        [60_000, 1, 1, null], // the CPU peak is exactly 60 s old: still counts
        [60_001, 1, 1, [1, 5]],
        [62_000, 1, 1, null], // the memory peak is exactly 60 s old
        [62_001, 1, 1, [1, 1]],
      ],
    ],
    [
      'memory alone is a difference',
      [
        [0, 1, 1, [1, 1]],
        [1000, 1, 2, [1, 2]],
      ],
    ],
    [
      'a fall is sent when the window has passed, and only to the second highest',
      [
        [0, 5, 1, [5, 1]],
        [30_000, 3, 1, null],
        [60_000, 1, 1, null],
        [60_001, 1, 1, [3, 1]],
        [90_001, 1, 1, [1, 1]],
      ],
    ],
    [
      'a target that returned within the interval is not sent',
      [
        [0, 3, 1, [3, 1]],
        [59_500, 1, 2, [3, 2]],
        [60_001, 1, 2, null], // fell to [1, 2], but the interval is not over
        [60_400, 3, 2, null],
        [60_500, 3, 2, null], // the interval is over, and the target is again what was sent
      ],
    ],
    [
      'after a gap only the new sample counts',
      [
        [0, 9, 9, [9, 9]],
        [500_000, 1, 1, [1, 1]],
      ],
    ],
    [
      'time that does not begin with 0',
      [
        [7_000_000, 1, 1, [1, 1]],
        [7_000_500, 2, 1, null],
        [7_001_000, 2, 1, [2, 1]],
      ],
    ],
  ])('%s', (_what, lines) => {
    const draft = createSlidingMax(DRAFT);
    for (const [at, cpuQuanta, memQuanta, request] of lines) {
      const sent = draft.observe({ at, load1: cpuQuanta * ONE_CPU, usedMemBytes: memQuanta * ONE_MEM });
      const expected = request && { cpu: request[0] * 0.25, mem: request[1] * 512 * MIB };
      expect({ at, sent }).toEqual({ at, sent: expected });
    }
  });

  it('sends each change at once when there is no shortest interval', () => {
    const draft = createSlidingMax({ ...DRAFT, minIntervalMs: 0 });
    expect(draft.observe({ at: 0, load1: 0, usedMemBytes: 0 })).toEqual({ cpu: 0, mem: 0 });
    expect(draft.observe({ at: 0, load1: ONE_CPU, usedMemBytes: 0 })).toEqual({ cpu: 0.25, mem: 0 });
  });

  it.each([11, 12, 13])('sends what a naive reading of the rule sends (seed %d)', (seed) => {
    const samples = randomSamples(seed, 1500);
    const draft = createSlidingMax(DRAFT);
    const sent = samples.map((sample) => draft.observe(sample));
    expect(sent).toEqual(samples.map(createNaive()));
    expect(sent.filter((request) => request !== null).length).toBeGreaterThan(10);
  });
});

/** Mostly low with peaks; every 100 ms with some long gaps. */
const randomSamples = (seed: number, count: number): SlidingMaxSample[] => {
  const random = mulberry32(seed);
  let at = 0;
  return Array.from({ length: count }, () => {
    at += random() < 0.02 ? 30_000 : 100;
    return { at, load1: Math.floor(random() ** 4 * 400) / 100, usedMemBytes: random() ** 4 * 4096 * MIB };
  });
};

/** The rule by brute force over all samples of the window. */
const createNaive = (): ((sample: SlidingMaxSample) => Size | null) => {
  let samples: SlidingMaxSample[] = [];
  let sent: { at: number; target: Size } | null = null;
  return (sample) => {
    samples = [...samples, sample].filter(({ at }) => sample.at - at <= 60_000);
    const cpuQuanta = samples.map(({ load1 }) => Math.ceil(load1 / 0.9 / 0.25 - 1e-9));
    const memQuanta = samples.map(({ usedMemBytes }) => Math.ceil(Math.trunc(usedMemBytes / 0.75) / (512 * MIB)));
    const target = { cpu: Math.max(0, ...cpuQuanta) * 0.25, mem: Math.max(0, ...memQuanta) * 512 * MIB };
    const differs = sent?.target.cpu !== target.cpu || sent.target.mem !== target.mem;
    if (sent !== null && (!differs || sample.at - sent.at < 1000)) return null;
    sent = { at: sample.at, target };
    return target;
  };
};

describe('reducer under the requests', () => {
  const SAMPLE: SlidingMaxSample = { at: 5000, load1: 1.8, usedMemBytes: ONE_MEM };

  it('does not change its input', () => {
    const first = stepRequests(DRAFT, deepFreeze(NOTHING_SENT), deepFreeze(SAMPLE));
    const second = stepRequests(DRAFT, deepFreeze(first.state), { ...SAMPLE, at: 6000, load1: 2.7 });
    expect(second.request).toEqual({ cpu: 3, mem: 512 * MIB });
    expect(first.state.sent).toEqual({ at: 5000, target: { cpu: 2, mem: 512 * MIB } });
  });

  it('goes on from a state that went through JSON', () => {
    const { state } = stepRequests(DRAFT, NOTHING_SENT, SAMPLE);
    const restored = JSON.parse(JSON.stringify(state)) as RequestsState;
    expect(restored).toEqual(state);
    const next = { ...SAMPLE, at: 6000, load1: 2.7 };
    expect(stepRequests(DRAFT, restored, next)).toEqual(stepRequests(DRAFT, state, next));
  });
});

describe('bad arguments', () => {
  it.each<[Partial<SlidingMaxOptions>, string]>([
    [{ cpuQuantum: 0 }, 'options.cpuQuantum is 0; allowed: a finite number >= 0.001'],
    [{ memQuantumBytes: 0 }, 'options.memQuantumBytes is 0; allowed: an integer >= 1'],
    [{ memQuantumBytes: 0.5 }, 'options.memQuantumBytes is 0.5; allowed: an integer >= 1'],
    [{ windowMs: -1 }, 'options.windowMs is -1; allowed: a finite number >= 0'],
    [{ minIntervalMs: NaN }, 'options.minIntervalMs is NaN; allowed: a finite number >= 0'],
    [{ loadAverageFractionTarget: 0 }, 'options.loadAverageFractionTarget is 0; allowed: a finite number > 0'],
    [{ memoryUsageFractionTarget: 0 }, 'options.memoryUsageFractionTarget is 0; allowed: a finite number > 0'],
  ])('options %j: RangeError', (wrong, message) => {
    expect(() => createSlidingMax({ ...DRAFT, ...wrong })).toThrow(new RangeError(message));
  });

  it.each<[Partial<SlidingMaxSample>, string]>([
    [{ at: NaN }, 'sample.at is NaN; allowed: a finite number'],
    [{ load1: -1 }, 'sample.load1 is -1; allowed: a finite number >= 0'],
    [{ usedMemBytes: Infinity }, 'sample.usedMemBytes is Infinity; allowed: a finite number >= 0'],
    [{ at: 99 }, 'at is 99; allowed: not before the newest sample, 100'],
  ])('sample %j: RangeError, and the samples before it still count', (wrong, message) => {
    const draft = createSlidingMax(DRAFT);
    const good = { at: 100, load1: ONE_CPU, usedMemBytes: 0 };
    draft.observe(good);
    expect(() => draft.observe({ ...good, ...wrong })).toThrow(new RangeError(message));
    expect(draft.observe({ at: 1100, load1: 0, usedMemBytes: ONE_MEM })).toEqual({ cpu: 0.25, mem: 512 * MIB });
  });
});
