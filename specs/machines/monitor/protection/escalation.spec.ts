import {
  NO_DANGER,
  nextDanger,
  reaches,
  type Danger,
  type DangerInputs,
} from '../../../../machines/monitor/protection/escalation';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom, pick, type Random } from '../../../support/random';

/** A ramp of 400 MiB/s that ends in half a second, with nothing to hope for and nothing held. */
const look = (differences: Partial<DangerInputs> = {}): DangerInputs => ({
  runwayBytes: 200 * MIB,
  sizeBytes: 4 * GIB,
  exhaustionMs: 500,
  reserveBytes: 120 * MIB,
  growthBytesPerS: 400 * MIB,
  sharedGrowthBytesPerS: 0,
  grantDueMs: Infinity,
  isFinal: false,
  isHeld: false,
  ...differences,
});

const judge = (differences: Partial<DangerInputs>): Danger => nextDanger(NO_DANGER, look(differences)).danger;

describe('danger', () => {
  it.each<[string, Partial<DangerInputs>, Danger]>([
    ['a second before the end', { exhaustionMs: 1000 }, 'hold'],
    ['earlier', { exhaustionMs: 1001 }, 'none'],
    ['at the end, without growth', { exhaustionMs: 0, growthBytesPerS: 0 }, 'none'],
    ['with a grant that is due well before the end', { grantDueMs: 249 }, 'none'],
    ['with a grant that may be too late', { grantDueMs: 250 }, 'hold'],
    ['half a second before the end, shared memory growing', { sharedGrowthBytesPerS: MIB }, 'refuse'],
    ['earlier, shared memory growing', { exhaustionMs: 501, sharedGrowthBytesPerS: MIB }, 'hold'],
    ['a fifth of a second before the end, no size to come', { exhaustionMs: 200, isFinal: true }, 'cancel'],
    ['earlier, no size to come', { exhaustionMs: 201, isFinal: true }, 'hold'],
    ['as near, with a size to come', { exhaustionMs: 0 }, 'hold'],
    [
      'at its end, but with three seconds of the reserve left',
      { runwayBytes: 0, exhaustionMs: 0, growthBytesPerS: 18 * MIB, isFinal: true },
      'none',
    ],
    [
      'at its end, with two seconds of the reserve left, no size to come',
      { runwayBytes: 0, exhaustionMs: 0, growthBytesPerS: 28 * MIB, isFinal: true },
      'cancel',
    ],
    [
      'at its end, with more of it left, no size to come',
      { runwayBytes: 0, exhaustionMs: 0, growthBytesPerS: 27 * MIB, isFinal: true },
      'hold',
    ],
    [
      'when all of it is gone that could be had, however slow the growth',
      { runwayBytes: -56 * MIB, exhaustionMs: 0, growthBytesPerS: MIB, isFinal: true },
      'cancel',
    ],
    [
      'a fifth of a second before the end, no size to come, shared memory growing',
      { exhaustionMs: 200, isFinal: true, sharedGrowthBytesPerS: MIB },
      'cancel',
    ],
  ])('%s: %s → %s', (_, differences, danger) => {
    expect(judge(differences)).toBe(danger);
  });

  it('is graver in the order hold, refuse, cancel', () => {
    const order = ['none', 'hold', 'refuse', 'cancel'] as const;
    for (const [i, stage] of order.entries()) {
      expect(order.filter((danger) => reaches(danger, stage))).toEqual(order.slice(i));
    }
  });
});

describe('the room that ends it', () => {
  it.each<[string, Partial<DangerInputs>, number]>([
    ['two seconds of growth', { growthBytesPerS: 150 * MIB }, 300 * MIB],
    ['64 MiB more than there was, at the least', { growthBytesPerS: 100 * MIB }, 264 * MIB],
    ['64 MiB, however little there was', { growthBytesPerS: MIB, runwayBytes: -GIB }, 64 * MIB],
    ['more than there was, also after a burst', { growthBytesPerS: 4 * GIB, runwayBytes: 2 * GIB }, 2 * GIB + 64 * MIB],
    ['an eighth of the size at the most', { growthBytesPerS: 4 * GIB }, 512 * MIB],
    ['1 GiB at the most', { growthBytesPerS: 4 * GIB, sizeBytes: 64 * GIB }, GIB],
    ['64 MiB in the smallest of VMs', { growthBytesPerS: 4 * GIB, sizeBytes: 256 * MIB, runwayBytes: 0 }, 64 * MIB],
  ])('is %s', (_, differences, reliefBytes) => {
    expect(nextDanger(NO_DANGER, look(differences)).reliefBytes).toBe(reliefBytes);
  });

  it('is never reached by standing still while growers are held', () => {
    const held = nextDanger(NO_DANGER, look());
    const still = { growthBytesPerS: 0, exhaustionMs: Infinity, isHeld: true };
    expect(nextDanger(held, look({ ...still, runwayBytes: held.reliefBytes - 1 })).danger).toBe('hold');
    expect(nextDanger(held, look({ ...still, runwayBytes: held.reliefBytes }))).toEqual(NO_DANGER);
  });

  it('is not waited for when nobody is held: a full VM that grows no more is in no danger', () => {
    const still = look({ growthBytesPerS: 0, exhaustionMs: Infinity, runwayBytes: 0 });
    expect(nextDanger({ danger: 'cancel', reliefBytes: 512 * MIB }, still)).toEqual(NO_DANGER);
  });

  it('does not shrink while danger lasts', () => {
    const fast = nextDanger(NO_DANGER, look());
    expect(nextDanger(fast, look({ growthBytesPerS: 100 * MIB })).reliefBytes).toBe(fast.reliefBytes);
  });

  it('keeps only the hold: what refuses and cancels is judged on each look', () => {
    const held = { isHeld: true, growthBytesPerS: 0, exhaustionMs: Infinity, runwayBytes: 0 };
    for (const danger of ['refuse', 'cancel'] as const) {
      expect(nextDanger({ danger, reliefBytes: 512 * MIB }, look(held)).danger).toBe('hold');
    }
  });
});

const randomLook = (random: Random): DangerInputs => ({
  runwayBytes: between(random, -200 * MIB, GIB),
  sizeBytes: between(random, 256 * MIB, 16 * GIB),
  reserveBytes: 120 * MIB,
  exhaustionMs: pick(random, [0, 100, 400, 900, 3000, Infinity]),
  growthBytesPerS: pick(random, [0, MIB, 100 * MIB, 2 * GIB]),
  sharedGrowthBytesPerS: pick(random, [0, 50 * MIB]),
  grantDueMs: pick(random, [Infinity, 50, 800]),
  isFinal: random() < 0.5,
  isHeld: random() < 0.5,
});

describe('danger over time (random)', () => {
  it('falls to none only with room or with nobody held, never acts without growth, and stays reachable', () => {
    forRandom(200, (random) => {
      let state = NO_DANGER;
      for (let i = 0; i < 50; i += 1) {
        const inputs = randomLook(random);
        const next = nextDanger(state, inputs);
        const ended = state.danger !== 'none' && next.danger === 'none';
        if (ended && inputs.isHeld) expect(inputs.runwayBytes).toBeGreaterThanOrEqual(state.reliefBytes);
        if (reaches(next.danger, 'refuse')) expect(inputs.growthBytesPerS).toBeGreaterThan(0);
        if (next.danger === 'cancel') expect(inputs.isFinal).toBe(true);
        if (next.danger === 'refuse') expect(inputs.sharedGrowthBytesPerS).toBeGreaterThan(0);
        expect(next.reliefBytes > 0).toBe(next.danger !== 'none');
        expect(next.reliefBytes).toBeLessThanOrEqual(GIB + 64 * MIB);
        state = next;
      }
    });
  });
});
