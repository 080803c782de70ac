import {
  isMoveWorthwhile,
  tripwireTarget,
  type TripwireInputs,
} from '../../../../machines/monitor/protection/tripwire';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom, pick } from '../../../support/random';

/** 1 GiB in use growing 100 MiB/s, 1 GiB left; a grant takes 1.5 s. */
const inputs = (differences: Partial<TripwireInputs> = {}): TripwireInputs => ({
  currentBytes: GIB,
  growthBytesPerS: 100 * MIB,
  runwayBytes: GIB,
  exhaustionMs: 10_240,
  grantUpMs: 1500,
  level: 'normal',
  standingBytes: null,
  ...differences,
});

describe('the tripwire', () => {
  it('stands where what is left would just last until a grant', () => {
    expect(tripwireTarget(inputs())).toBe(GIB + GIB - 150 * MIB);
  });

  it('stands at least 16 MiB above what is in use, in whole MiB', () => {
    expect(tripwireTarget(inputs({ runwayBytes: 150 * MIB }))).toBe(GIB + 16 * MIB);
    expect(tripwireTarget(inputs({ runwayBytes: 0, currentBytes: GIB + 1 }))).toBe(GIB + 17 * MIB);
  });

  it.each<[string, Partial<TripwireInputs>]>([
    ['while nothing grows', { growthBytesPerS: 0 }],
    ['when memory is short already', { level: 'critical' }],
    ['when the end is far', { exhaustionMs: 30_001 }],
  ])('is not there %s', (_, differences) => {
    expect(tripwireTarget(inputs(differences))).toBeNull();
  });

  it('that stands is kept until the end is a minute away', () => {
    expect(tripwireTarget(inputs({ exhaustionMs: 60_000, standingBytes: GIB }))).not.toBeNull();
    expect(tripwireTarget(inputs({ exhaustionMs: 60_001, standingBytes: GIB }))).toBeNull();
  });

  it('is there while memory is only watched', () => {
    expect(tripwireTarget(inputs({ level: 'elevated' }))).not.toBeNull();
  });

  it('is never nearer than 16 MiB to what is in use (random)', () => {
    forRandom(1000, (random) => {
      const currentBytes = Math.floor(between(random, 0, 64 * GIB));
      const target = tripwireTarget({
        standingBytes: null,
        currentBytes,
        growthBytesPerS: pick(random, [0, between(random, 0, 4 * GIB)]),
        runwayBytes: between(random, -GIB, 16 * GIB),
        exhaustionMs: pick(random, [0, between(random, 0, 60_000), Infinity]),
        grantUpMs: between(random, 0, 60_000),
        level: pick(random, ['normal', 'elevated', 'critical']),
      });
      if (target === null) return;
      expect(target).toBeGreaterThanOrEqual(currentBytes + 16 * MIB);
      expect(target % MIB).toBe(0);
    });
  });
});

describe('a move of the tripwire', () => {
  it.each<[string, number | null, number | null, boolean]>([
    ['from nowhere to nowhere', null, null, false],
    ['to be armed', null, 2 * GIB, true],
    ['to be lifted', 2 * GIB, null, true],
    ['by 16 MiB, near', GIB + 32 * MIB, GIB + 48 * MIB, false],
    ['by more, near', GIB + 32 * MIB, GIB + 49 * MIB, true],
    ['by a quarter of the room, far', GIB + 500 * MIB, GIB + 400 * MIB, false],
    ['by more than it, far', GIB + 501 * MIB, GIB + 400 * MIB, true],
  ])('%s: worthwhile %s → %s: %s', (_, standing, target, expected) => {
    expect(isMoveWorthwhile(standing, target, GIB)).toBe(expected);
  });
});
