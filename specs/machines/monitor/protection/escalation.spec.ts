import {
  NO_ESCALATION,
  nextEscalation,
  reaches,
  type Escalation,
  type EscalationInputs,
} from '../../../../machines/monitor/protection/escalation';
import { leftAt, type Rung } from '../../../../machines/monitor/memory/ladder';
import type { Runway } from '../../../../machines/monitor/memory/runway';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom, pick, type Random } from '../../../support/random';

const SIZE = 4 * GIB;
const GROWTH = 400 * MIB;

const left = (leftBytes: number, sizeBytes = SIZE): Runway => ({
  leftBytes,
  sizeBytes,
  bytes: leftBytes - leftAt('critical', sizeBytes),
  term: 'memory',
});

/** So much growth in so many milliseconds. */
const grown = (ms: number): number => (GROWTH * ms) / 1000;
/** The ramp is at a rung in so long a time. */
const reaching = (rung: Rung, ms: number, differences: Partial<EscalationInputs> = {}): Partial<EscalationInputs> => ({
  shortest: left(leftAt(rung, SIZE) + grown(ms)),
  ...differences,
});

/** A ramp of 400 MiB/s that is at the rung "throttle" in 0.7 s, with nothing to hope for and nobody throttled. */
const look = (differences: Partial<EscalationInputs> = {}): EscalationInputs => ({
  shortest: left(leftAt('throttle', SIZE) + grown(700)),
  growthBytesPerS: GROWTH,
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
    ['1.8 s before the rung "throttle"', reaching('throttle', 1800), 'throttle'],
    ['earlier', reaching('throttle', 1801), 'none'],
    ['below the rung', reaching('throttle', -10), 'throttle'],
    ['below all rungs, without growth', { shortest: left(0), growthBytesPerS: 0 }, 'none'],
    ['below all rungs, while use falls', { shortest: left(0), growthBytesPerS: -GROWTH }, 'none'],
    ['with a grant that is due well before', { grantDueMs: 449 }, 'none'],
    ['with a grant that may be too late', { grantDueMs: 450 }, 'throttle'],
    ['below the rung, with a grant that is due now', reaching('throttle', 0, { grantDueMs: 0 }), 'throttle'],
    ['0.8 s before, shared memory growing', reaching('throttle', 800, { sharedGrowthBytesPerS: MIB }), 'shmCap'],
    ['earlier, shared memory growing', reaching('throttle', 801, { sharedGrowthBytesPerS: MIB }), 'throttle'],
    ['0.5 s before the rung "cancel", no size to come', reaching('cancel', 500, { isFinal: true }), 'cancel'],
    ['earlier, no size to come', reaching('cancel', 501, { isFinal: true }), 'throttle'],
    ['at the rung "cancel", with a size to come', reaching('cancel', 0), 'throttle'],
    [
      'a slow ramp 1.8 s before the rung "throttle", no size to come',
      { shortest: left(71.8 * MIB), growthBytesPerS: MIB, isFinal: true },
      'throttle',
    ],
    [
      'a slow ramp earlier, memory short already, no size to come',
      { shortest: left(71.9 * MIB), growthBytesPerS: MIB, isFinal: true },
      'none',
    ],
    [
      'a slow ramp half a second before the rung "cancel", no size to come',
      { shortest: left(64.5 * MIB), growthBytesPerS: MIB, isFinal: true },
      'cancel',
    ],
    [
      'a slow ramp earlier, below the rung "throttle", no size to come',
      { shortest: left(64.6 * MIB), growthBytesPerS: MIB, isFinal: true },
      'throttle',
    ],
    [
      'half a second before the rung "cancel", no size to come, shared memory growing',
      reaching('cancel', 500, { isFinal: true, sharedGrowthBytesPerS: MIB }),
      'cancel',
    ],
  ])('%s: %o → %s', (_, differences, escalation) => {
    expect(judge(differences)).toBe(escalation);
  });

  it('is reckoned by the rungs of the size that ends', () => {
    const large = 100 * GIB;
    const nearLarge = { shortest: left(leftAt('throttle', large) + grown(1800), large) };
    expect(judge(nearLarge)).toBe('throttle');
    expect(judge({ shortest: { ...nearLarge.shortest, sizeBytes: SIZE } })).toBe('none');
  });

  it('is graver in the order of throttle, shmCap, cancel', () => {
    const order = ['none', 'throttle', 'shmCap', 'cancel'] as const;
    for (const [i, stage] of order.entries()) {
      expect(order.filter((escalation) => reaches(escalation, stage))).toEqual(order.slice(i));
    }
  });
});

describe('the room that ends it', () => {
  /** With so much of a runway until memory counts as short. */
  const short = (bytes: number, sizeBytes = SIZE): Runway => left(leftAt('critical', sizeBytes) + bytes, sizeBytes);
  const none = short(0);

  it.each<[string, Partial<EscalationInputs>, number]>([
    ['two seconds of growth', { growthBytesPerS: 150 * MIB, shortest: none }, 300 * MIB],
    ['64 MiB more than there was, at the least', { growthBytesPerS: 200 * MIB, shortest: short(250 * MIB) }, 400 * MIB],
    ['more than there was, also after a burst', { growthBytesPerS: 4 * GIB, shortest: short(2 * GIB) }, 2112 * MIB],
    ['64 MiB, however little there was', { growthBytesPerS: MIB, shortest: short(-GIB) }, 64 * MIB],
    ['an eighth of the size at the most', { growthBytesPerS: 4 * GIB, shortest: none }, 512 * MIB],
    ['1 GiB at the most', { growthBytesPerS: 4 * GIB, shortest: short(0, 64 * GIB) }, GIB],
    ['64 MiB in the smallest of VMs', { growthBytesPerS: 4 * GIB, shortest: short(0, 256 * MIB) }, 64 * MIB],
  ])('is %s', (_, differences, reliefBytes) => {
    expect(nextEscalation(NO_ESCALATION, look(differences))).toMatchObject({ level: 'throttle', reliefBytes });
  });

  it('is never reached by standing still while the fastest-growing backends are throttled', () => {
    const throttled = nextEscalation(NO_ESCALATION, look());
    const still = { growthBytesPerS: 0, isThrottled: true };
    const before = look({ ...still, shortest: short(throttled.reliefBytes - 1) });
    expect(nextEscalation(throttled, before)).toEqual(throttled);
    const reached = look({ ...still, shortest: short(throttled.reliefBytes) });
    expect(nextEscalation(throttled, reached)).toEqual(NO_ESCALATION);
  });

  it('is not waited for when nobody is throttled: a full VM that grows no more is in no danger', () => {
    const still = look({ growthBytesPerS: 0, shortest: none });
    expect(nextEscalation({ level: 'cancel', reliefBytes: 512 * MIB }, still)).toEqual(NO_ESCALATION);
  });

  it('does not shrink while danger lasts', () => {
    const fast = nextEscalation(NO_ESCALATION, look({ shortest: none }));
    expect(fast.reliefBytes).toBe(512 * MIB);
    const slower = look({ shortest: none, growthBytesPerS: 100 * MIB });
    expect(nextEscalation(fast, slower)).toEqual(fast);
  });

  it('keeps only the throttling: what refuses and cancels is judged on each look', () => {
    const throttled = look({ isThrottled: true, growthBytesPerS: 0, shortest: none });
    for (const escalation of ['shmCap', 'cancel'] as const) {
      expect(nextEscalation({ level: escalation, reliefBytes: 512 * MIB }, throttled).level).toBe('throttle');
    }
  });
});

const randomLook = (random: Random): EscalationInputs => ({
  shortest: left(pick(random, [0, 60, 66, 75, 90, 200, 1000]) * MIB, between(random, 256 * MIB, 16 * GIB)),
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
        if (ended && inputs.isThrottled) expect(inputs.shortest.bytes).toBeGreaterThanOrEqual(state.reliefBytes);
        if (reaches(next.level, 'shmCap')) expect(inputs.growthBytesPerS).toBeGreaterThan(0);
        if (state.level === 'none' && next.level !== 'none') expect(inputs.growthBytesPerS).toBeGreaterThan(0);
        if (next.level === 'cancel') expect(inputs.isFinal).toBe(true);
        if (next.level === 'shmCap') expect(inputs.sharedGrowthBytesPerS).toBeGreaterThan(0);
        expect(next.reliefBytes > 0).toBe(next.level !== 'none');
        expect(next.reliefBytes).toBeLessThanOrEqual(GIB + 64 * MIB);
        state = next;
      }
    });
  });
});
