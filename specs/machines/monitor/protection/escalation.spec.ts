import {
  NO_ESCALATION,
  nextEscalation,
  reaches,
  type Escalation,
  type EscalationInputs,
} from '../../../../machines/monitor/protection/escalation';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom, pick, type Random } from '../../../support/random';

/** A ramp of 400 MiB/s that ends in half a second, with nothing to hope for and nothing held. */
const look = (differences: Partial<EscalationInputs> = {}): EscalationInputs => ({
  runwayBytes: 200 * MIB,
  sizeBytes: 4 * GIB,
  exhaustionMs: 500,
  reserveBytes: 120 * MIB,
  growthBytesPerS: 400 * MIB,
  sharedGrowthBytesPerS: 0,
  grantDueMs: Infinity,
  isFinal: false,
  isThrottled: false,
  ...differences,
});

const judge = (differences: Partial<EscalationInputs>): Escalation =>
  nextEscalation(NO_ESCALATION, look(differences)).level;

describe('danger', () => {
  it.each<[string, Partial<EscalationInputs>, Escalation]>([
    ['a second before the end', { exhaustionMs: 1000 }, 'throttle'],
    ['earlier', { exhaustionMs: 1001 }, 'none'],
    ['at the end, without growth', { exhaustionMs: 0, growthBytesPerS: 0 }, 'none'],
    ['with a grant that is due well before the end', { grantDueMs: 249 }, 'none'],
    ['with a grant that may be too late', { grantDueMs: 250 }, 'throttle'],
    ['half a second before the end, shared memory growing', { sharedGrowthBytesPerS: MIB }, 'shmCap'],
    ['earlier, shared memory growing', { exhaustionMs: 501, sharedGrowthBytesPerS: MIB }, 'throttle'],
    ['a fifth of a second before the end, no size to come', { exhaustionMs: 200, isFinal: true }, 'cancel'],
    ['earlier, no size to come', { exhaustionMs: 201, isFinal: true }, 'throttle'],
    ['as near, with a size to come', { exhaustionMs: 0 }, 'throttle'],
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
      'throttle',
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
  ])('%s: %s → %s', (_, differences, escalation) => {
    expect(judge(differences)).toBe(escalation);
  });

  it('is graver in the order hold, refuse, cancel', () => {
    const order = ['none', 'throttle', 'shmCap', 'cancel'] as const;
    for (const [i, stage] of order.entries()) {
      expect(order.filter((escalation) => reaches(escalation, stage))).toEqual(order.slice(i));
    }
  });
});

describe('the room that ends it', () => {
  it.each<[string, Partial<EscalationInputs>, number]>([
    ['two seconds of growth', { growthBytesPerS: 150 * MIB }, 300 * MIB],
    ['64 MiB more than there was, at the least', { growthBytesPerS: 100 * MIB }, 264 * MIB],
    ['64 MiB, however little there was', { growthBytesPerS: MIB, runwayBytes: -GIB }, 64 * MIB],
    ['more than there was, also after a burst', { growthBytesPerS: 4 * GIB, runwayBytes: 2 * GIB }, 2 * GIB + 64 * MIB],
    ['an eighth of the size at the most', { growthBytesPerS: 4 * GIB }, 512 * MIB],
    ['1 GiB at the most', { growthBytesPerS: 4 * GIB, sizeBytes: 64 * GIB }, GIB],
    ['64 MiB in the smallest of VMs', { growthBytesPerS: 4 * GIB, sizeBytes: 256 * MIB, runwayBytes: 0 }, 64 * MIB],
  ])('is %s', (_, differences, reliefBytes) => {
    expect(nextEscalation(NO_ESCALATION, look(differences)).reliefBytes).toBe(reliefBytes);
  });

  it('is never reached by standing still while growers are held', () => {
    const held = nextEscalation(NO_ESCALATION, look());
    const still = { growthBytesPerS: 0, exhaustionMs: Infinity, isThrottled: true };
    expect(nextEscalation(held, look({ ...still, runwayBytes: held.reliefBytes - 1 })).level).toBe('throttle');
    expect(nextEscalation(held, look({ ...still, runwayBytes: held.reliefBytes }))).toEqual(NO_ESCALATION);
  });

  it('is not waited for when nobody is held: a full VM that grows no more is in no danger', () => {
    const still = look({ growthBytesPerS: 0, exhaustionMs: Infinity, runwayBytes: 0 });
    expect(nextEscalation({ level: 'cancel', reliefBytes: 512 * MIB }, still)).toEqual(NO_ESCALATION);
  });

  it('does not shrink while danger lasts', () => {
    const fast = nextEscalation(NO_ESCALATION, look());
    expect(nextEscalation(fast, look({ growthBytesPerS: 100 * MIB })).reliefBytes).toBe(fast.reliefBytes);
  });

  it('keeps only the hold: what refuses and cancels is judged on each look', () => {
    const held = { isThrottled: true, growthBytesPerS: 0, exhaustionMs: Infinity, runwayBytes: 0 };
    for (const escalation of ['shmCap', 'cancel'] as const) {
      expect(nextEscalation({ level: escalation, reliefBytes: 512 * MIB }, look(held)).level).toBe('throttle');
    }
  });
});

const randomLook = (random: Random): EscalationInputs => ({
  runwayBytes: between(random, -200 * MIB, GIB),
  sizeBytes: between(random, 256 * MIB, 16 * GIB),
  reserveBytes: 120 * MIB,
  exhaustionMs: pick(random, [0, 100, 400, 900, 3000, Infinity]),
  growthBytesPerS: pick(random, [0, MIB, 100 * MIB, 2 * GIB]),
  sharedGrowthBytesPerS: pick(random, [0, 50 * MIB]),
  grantDueMs: pick(random, [Infinity, 50, 800]),
  isFinal: random() < 0.5,
  isThrottled: random() < 0.5,
});

describe('danger over time (random)', () => {
  it('falls to none only with room or with nobody held, never acts without growth, and stays reachable', () => {
    forRandom(200, (random) => {
      let state = NO_ESCALATION;
      for (let i = 0; i < 50; i += 1) {
        const inputs = randomLook(random);
        const next = nextEscalation(state, inputs);
        const ended = state.level !== 'none' && next.level === 'none';
        if (ended && inputs.isThrottled) expect(inputs.runwayBytes).toBeGreaterThanOrEqual(state.reliefBytes);
        if (reaches(next.level, 'shmCap')) expect(inputs.growthBytesPerS).toBeGreaterThan(0);
        if (next.level === 'cancel') expect(inputs.isFinal).toBe(true);
        if (next.level === 'shmCap') expect(inputs.sharedGrowthBytesPerS).toBeGreaterThan(0);
        expect(next.reliefBytes > 0).toBe(next.level !== 'none');
        expect(next.reliefBytes).toBeLessThanOrEqual(GIB + 64 * MIB);
        state = next;
      }
    });
  });
});
