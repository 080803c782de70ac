import {
  expectedMs,
  isLearned,
  learnGrant,
  LONGEST_GRANT_MS,
  UNLEARNED,
  type GrantLatency,
} from '../../../../machines/monitor/engine/grant-latency';
import { GIB } from '../../../../machines/shared/units';
import { between, forRandom } from '../../../support/random';

const SMALL = GIB;
const MEDIUM = 4 * GIB;
const LARGE = 16 * GIB;
const USUAL_MS = 1500;

const after = (...samples: number[]): GrantLatency =>
  samples.reduce((latency, ms) => learnGrant(latency, 'up', SMALL, ms), UNLEARNED);

const expectedAfter = (...samples: number[]): number => expectedMs(after(...samples), 'up', SMALL);

describe('the learned time of a grant', () => {
  it.each<[string, number[], number]>([
    ['the usual before anything was seen', [], USUAL_MS],
    ['that of a quick one at once', [300], 300],
    ['not that of a single slow one', [4000], USUAL_MS],
    ['that of slow ones from the second on', [4000, 4000], 4000],
    ['the third quartile with the usual one among them', [200, 400, 600, 800], 800],
    ['that of quick ones, little by little, after slow ones', [4000, 4000, 500, 500], 4000],
    ['quick again when a quarter are slow at most', [4000, 4000, 500, 500, 500, 500], USUAL_MS],
  ])('is %s', (_, samples, ms) => {
    expect(expectedAfter(...samples)).toBe(ms);
  });

  it('is that of the newest eight', () => {
    const slow = Array.from({ length: 20 }, () => 9000);
    const quick = Array.from({ length: 8 }, (_, i) => 300 + i);
    expect(after(...slow, ...quick).up.small).toEqual(quick);
    expect(expectedAfter(...slow, ...quick)).toBe(306);
  });

  it('takes whole milliseconds between nothing and a minute', () => {
    expect(after(1e9, -5, 12.4).up.small).toEqual([LONGEST_GRANT_MS, 0, 12]);
  });

  it('is kept apart for shrinking', () => {
    const learned = learnGrant(learnGrant(UNLEARNED, 'down', SMALL, 9000), 'down', SMALL, 9000);
    expect(learned.up).toEqual(UNLEARNED.up);
    expect(expectedMs(learned, 'down', SMALL)).toBe(9000);
    expect([isLearned(learned, 'up'), isLearned(learned, 'down')]).toEqual([false, true]);
  });

  it('lies between the quickest and the slowest of the newest and the usual (random)', () => {
    forRandom(100, (random) => {
      const samples = Array.from({ length: 20 }, () => Math.round(between(random, 50, 20_000)));
      const known = [USUAL_MS, ...samples.slice(-8)];
      expect(expectedAfter(...samples)).toBeGreaterThanOrEqual(Math.min(...known));
      expect(expectedAfter(...samples)).toBeLessThanOrEqual(Math.max(...known));
    });
  });

  it('is never that of one slow grant among others, wherever it comes (random)', () => {
    forRandom(100, (random) => {
      const quick = Array.from({ length: Math.floor(between(random, 0, 8)) }, () => between(random, 50, 3000));
      const place = Math.floor(between(random, 0, quick.length + 1));
      const samples = [...quick.slice(0, place), LONGEST_GRANT_MS, ...quick.slice(place)];
      expect(expectedAfter(...samples)).toBeLessThanOrEqual(3000);
    });
  });

  it('never falls when any of the grants was slower (random)', () => {
    forRandom(100, (random) => {
      const samples = Array.from({ length: 10 }, () => Math.round(between(random, 50, 20_000)));
      const slower = samples.map((ms) => ms + (random() < 0.3 ? 1000 : 0));
      expect(expectedAfter(...slower)).toBeGreaterThanOrEqual(expectedAfter(...samples));
    });
  });
});

describe('by how much memory moves', () => {
  it.each([
    ['up to 1 GiB', SMALL, 'small'],
    ['beyond it', SMALL + 1, 'medium'],
    ['up to 4 GiB', MEDIUM, 'medium'],
    ['beyond that', MEDIUM + 1, 'large'],
  ] as const)('%s is a step of its own', (_, bytes, step) => {
    const learned = learnGrant(UNLEARNED, 'up', bytes, 700).up;
    expect(learned).toEqual({ ...UNLEARNED.up, [step]: [700] });
  });

  it('a step that was not seen is expected to take what the one most like it took', () => {
    const twice = (latency: GrantLatency, bytes: number, ms: number): GrantLatency =>
      learnGrant(learnGrant(latency, 'up', bytes, ms), 'up', bytes, ms);
    const expectedOf = (latency: GrantLatency) =>
      [SMALL, MEDIUM, LARGE].map((bytes) => expectedMs(latency, 'up', bytes));
    const small = twice(UNLEARNED, SMALL, 500);
    expect(expectedOf(small)).toEqual([500, 500, 500]);
    const both = twice(small, LARGE, 4000);
    expect(expectedOf(both)).toEqual([500, 4000, 4000]);
    expect(expectedOf(twice(both, MEDIUM, 1000))).toEqual([500, 1000, 4000]);
    expect(expectedOf(twice(UNLEARNED, LARGE, 4000))).toEqual([4000, 4000, 4000]);
    expect(expectedOf(twice(twice(UNLEARNED, LARGE, 4000), MEDIUM, 2000))).toEqual([2000, 2000, 4000]);
  });

  it('before anything was seen it is the usual', () => {
    expect([expectedMs(UNLEARNED, 'up', LARGE), expectedMs(UNLEARNED, 'down', SMALL)]).toEqual([USUAL_MS, 6000]);
    expect(isLearned(UNLEARNED, 'up')).toBe(false);
  });
});
