import { learnGrant, LONGEST_GRANT_MS, UNLEARNED, type GrantLatency } from '../../../machines/learning/grant-latency';
import { between, forRandom } from '../../support/random';

const after = (...samples: number[]): GrantLatency =>
  samples.reduce((latency, ms) => learnGrant(latency, 'up', ms), UNLEARNED);

describe('the learned time of a grant', () => {
  it('is the first sample, whatever was assumed', () => {
    expect(after(300).up).toEqual({ ms: 300, samples: 1 });
  });

  it('takes a slower one at once', () => {
    expect(after(300, 4000).up.ms).toBe(4000);
  });

  it('takes faster ones little by little', () => {
    expect(after(1000, 500).up.ms).toBe(900);
    expect(after(1000, 500, 500).up.ms).toBe(820);
  });

  it('never exceeds a minute', () => {
    expect(after(1e9).up.ms).toBe(LONGEST_GRANT_MS);
  });

  it('is kept apart for shrinking', () => {
    expect(learnGrant(UNLEARNED, 'down', 9000)).toEqual({ up: UNLEARNED.up, down: { ms: 9000, samples: 1 } });
  });

  it('lies between the fastest and the slowest sample (random)', () => {
    forRandom(100, (random) => {
      const samples = Array.from({ length: 20 }, () => Math.round(between(random, 50, 20_000)));
      const { ms } = after(...samples).up;
      expect(ms).toBeGreaterThanOrEqual(Math.min(...samples));
      expect(ms).toBeLessThanOrEqual(Math.max(...samples));
    });
  });
});
