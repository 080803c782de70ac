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

const after = (...samples: number[]): GrantLatency =>
  samples.reduce((latency, ms) => learnGrant(latency, 'up', SMALL, ms), UNLEARNED);

describe('the learned time of a grant', () => {
  it('is the first sample, whatever was assumed', () => {
    expect(after(300).up.small).toEqual({ ms: 300, samples: 1 });
  });

  it('takes a slower one at once', () => {
    expect(after(300, 4000).up.small.ms).toBe(4000);
  });

  it('takes faster ones little by little', () => {
    expect(after(1000, 500).up.small.ms).toBe(900);
    expect(after(1000, 500, 500).up.small.ms).toBe(820);
  });

  it('lies between nothing and a minute', () => {
    expect(after(1e9).up.small.ms).toBe(LONGEST_GRANT_MS);
    expect(after(-5).up.small.ms).toBe(0);
  });

  it('is kept apart for shrinking', () => {
    const learned = learnGrant(UNLEARNED, 'down', SMALL, 9000);
    expect(learned.up).toEqual(UNLEARNED.up);
    expect(expectedMs(learned, 'down', SMALL)).toBe(9000);
    expect([isLearned(learned, 'up'), isLearned(learned, 'down')]).toEqual([false, true]);
  });

  it('lies between the fastest and the slowest sample (random)', () => {
    forRandom(100, (random) => {
      const samples = Array.from({ length: 20 }, () => Math.round(between(random, 50, 20_000)));
      const { ms } = after(...samples).up.small;
      expect(ms).toBeGreaterThanOrEqual(Math.min(...samples));
      expect(ms).toBeLessThanOrEqual(Math.max(...samples));
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
    const observed = (['small', 'medium', 'large'] as const).filter((name) => learned[name].samples > 0);
    expect(observed).toEqual([step]);
  });

  it('a step that was not seen is expected to take what the one most like it took', () => {
    const small = learnGrant(UNLEARNED, 'up', SMALL, 500);
    expect([SMALL, MEDIUM, LARGE].map((bytes) => expectedMs(small, 'up', bytes))).toEqual([500, 500, 500]);
    const both = learnGrant(small, 'up', LARGE, 4000);
    expect([SMALL, MEDIUM, LARGE].map((bytes) => expectedMs(both, 'up', bytes))).toEqual([500, 4000, 4000]);
    const all = learnGrant(both, 'up', MEDIUM, 1000);
    expect([SMALL, MEDIUM, LARGE].map((bytes) => expectedMs(all, 'up', bytes))).toEqual([500, 1000, 4000]);
  });

  it('before anything was seen it is the usual', () => {
    expect([expectedMs(UNLEARNED, 'up', LARGE), expectedMs(UNLEARNED, 'down', SMALL)]).toEqual([1500, 6000]);
    expect(isLearned(UNLEARNED, 'up')).toBe(false);
  });
});
