/** One ladder (rule R5): its rungs keep their order at every size, and who goes by one agrees with who goes by the next. */
import { checkDownscale } from '../../../../machines/monitor/memory/downscale-check';
import { LADDER, leftAt, sizeHolding, type Rung } from '../../../../machines/monitor/memory/ladder';
import { pressureLevelOf, type PressureLevel } from '../../../../machines/monitor/memory/pressure-level';
import { exhaustionMs, runwaysOf } from '../../../../machines/monitor/memory/runway';
import type { Readings } from '../../../../machines/monitor/events/readings';
import { createHeadroomPolicy } from '../../../../machines/monitor/policies/headroom/policy';
import { toWholeUnits } from '../../../../machines/shared/sizing';
import { GIB, MIB } from '../../../../machines/shared/units';
import { units } from '../../../support/chart-events';
import { observed } from '../../../support/observation';

const FROM_FIRST_TO_LAST: readonly Rung[] = ['recommended', 'approved', 'elevated', 'critical', 'throttle', 'cancel'];

/** Every whole size up to 256 GiB, a byte beside each, and around where 2 % pass 100 MiB. */
const SIZES = Array.from({ length: 256 }, (_, i) => (i + 1) * GIB).flatMap((size) => [size, size - 1, size - 37 * MIB]);

describe('the rungs', () => {
  it('are all there, from the first to the last', () => {
    expect(Object.keys(LADDER)).toEqual(FROM_FIRST_TO_LAST);
  });

  it('are strictly ordered at every size', () => {
    const unordered = SIZES.filter((size) =>
      FROM_FIRST_TO_LAST.some((rung, i) => i > 0 && leftAt(rung, size) >= leftAt(FROM_FIRST_TO_LAST[i - 1]!, size)),
    );
    expect(unordered).toEqual([]);
  });

  it('rise with the size', () => {
    const sorted = [...SIZES].sort((a, b) => a - b);
    for (const rung of FROM_FIRST_TO_LAST) {
      const falling = sorted.filter((size, i) => i > 0 && leftAt(rung, size) < leftAt(rung, sorted[i - 1]!));
      expect(falling).toEqual([]);
    }
  });

  it.each<[Rung, number, number]>([
    ['recommended', 125 * MIB, 0.025],
    ['approved', 100 * MIB, 0.02],
    ['elevated', 90 * MIB, 0.018],
    ['critical', 80 * MIB, 0.016],
    ['throttle', 70 * MIB, 0.014],
    ['cancel', 64 * MIB, 0.0128],
  ])('%s: %d bytes of a small VM, %d of a large one', (rung, bytes, share) => {
    expect(leftAt(rung, GIB)).toBeCloseTo(bytes, 0);
    expect(leftAt(rung, 5000 * MIB)).toBeCloseTo(bytes, 0);
    expect(leftAt(rung, 100 * GIB)).toBeCloseTo(share * 100 * GIB, 0);
  });
});

describe('the size that holds so much', () => {
  it('is the smallest that leaves what the rung asks for', () => {
    for (const rung of FROM_FIRST_TO_LAST) {
      for (const bytes of SIZES) {
        const size = sizeHolding(rung, bytes);
        expect(Math.abs(size - bytes - leftAt(rung, size))).toBeLessThan(1e-3);
      }
    }
  });
});

interface Case {
  /** Largest that the VM is; use is a share of it. */
  readonly gib: number;
  readonly fill: number;
  readonly reserveBytes: number;
}

const FILLS = [0, 0.1, 0.5, 0.8, 0.9, 0.93, 0.95, 0.96, 0.97, 0.975, 0.98, 0.985, 0.99, 1];

/** What a kernel keeps: its own text and tables, with the memmap of what was there at boot: of this size, of a fixed one, of more. */
const reservesOf = (gib: number): readonly number[] => [0, 104 * MIB, (gib * GIB) / 64 + 40 * MIB, 1500 * MIB];

const CASES: readonly Case[] = Array.from({ length: 256 }, (_, i) => i + 1).flatMap((gib) =>
  FILLS.flatMap((fill) => reservesOf(gib).map((reserveBytes) => ({ gib, fill, reserveBytes }))),
);

const useOf = ({ gib, fill, reserveBytes }: Case): number => Math.max(0, fill * (gib * GIB - reserveBytes));

/** Such a use, in a VM of this size; the kernel does not know the size where there is a virtual one. */
const readings = (sizeBytes: number, { reserveBytes }: Case, use: number): Readings => {
  const totalBytes = sizeBytes - reserveBytes;
  const availableBytes = totalBytes - use;
  return {
    memory: {
      totalBytes,
      availableBytes,
      freeBytes: availableBytes,
      cachedBytes: 0,
      shmemBytes: 0,
      dirtyBytes: 0,
      writebackBytes: 0,
    },
  };
};

const isApproved = (one: Case, use: number, targetBytes: number): boolean =>
  checkDownscale({
    at: 0,
    target: { cpu: 1, mem: targetBytes },
    targetDigits: String(targetBytes),
    readings: readings(512 * GIB, one, use),
    sampledAt: 0,
    recommendedMem: null,
    bootReserveBytes: one.reserveBytes,
    growthBytesPerS: 0,
    shrinkMs: 6000,
    refaultedBytes: 0,
    releasedBytes: 0,
  }).ok;

const levelOf = (sample: Readings, virtualSizeBytes: number | null): PressureLevel => {
  const runways = runwaysOf(sample, virtualSizeBytes)!;
  const endMs = exhaustionMs(runways.shortest.bytes, 0);
  return pressureLevelOf({
    ...runways,
    growthBytesPerS: 0,
    exhaustionMs: endMs,
    grantUpMs: 60_000,
    shortReported: false,
  });
};

const policy = createHeadroomPolicy();
const RULES = { unit: units(1), min: units(1), max: units(512), independent: false };

/** What the policy recommends for a use that stands, in whole units. */
const recommendedBytes = ({ reserveBytes }: Case, use: number): number => {
  const seen = observed({ neededBytes: use, keptBytes: reserveBytes, granted: units(1) });
  const { recommendation } = policy.step(policy.initial, seen);
  return toWholeUnits(RULES, { cpu: 0, mem: recommendation.memBytes ?? 0 }).mem;
};

describe('at each of 1 to 256 GiB, at each fill level, whatever the kernel keeps', () => {
  const failing = (holds: (one: Case) => boolean): readonly Case[] => CASES.filter((one) => !holds(one));

  it('what the policy recommends, R5 approves', () => {
    expect(failing((one) => isApproved(one, useOf(one), recommendedBytes(one, useOf(one))))).toEqual([]);
  });

  it('what the policy recommends is the smallest size that leaves what the ladder says', () => {
    const isSmallest = (one: Case): boolean => {
      const size = recommendedBytes(one, useOf(one));
      const leaves = (bytes: number): boolean =>
        bytes - one.reserveBytes - useOf(one) >= leftAt('recommended', bytes) - 1e-3;
      return leaves(size) && (size === GIB || !leaves(size - GIB));
    };
    expect(failing(isSmallest)).toEqual([]);
  });

  /** The smallest size that R5 approves, to the byte. */
  const approvedBytes = (one: Case, use: number): number => Math.ceil(sizeHolding('approved', use + one.reserveBytes));

  it('R5 approves down to its rung and no further, to a byte or two', () => {
    const isExact = (one: Case): boolean => {
      const least = approvedBytes(one, useOf(one));
      return isApproved(one, useOf(one), least + 1) && !isApproved(one, useOf(one), least - 2);
    };
    expect(failing(isExact)).toEqual([]);
  });

  it('what R5 approves, the next sample does not call elevated, let alone critical', () => {
    const isCalm = (one: Case): boolean => {
      const size = approvedBytes(one, useOf(one)) + 1;
      return levelOf(readings(size, one, useOf(one)), null) === 'normal';
    };
    expect(failing(isCalm)).toEqual([]);
  });

  it('nor where the kernel does not know of the size', () => {
    const isCalm = (one: Case): boolean => {
      const size = approvedBytes({ ...one, reserveBytes: 0 }, useOf(one)) + 1;
      return levelOf(readings(512 * GIB, one, useOf(one)), size) === 'normal';
    };
    expect(failing(isCalm)).toEqual([]);
  });

  it('a size that the next sample calls critical, R5 would not have approved', () => {
    const isAgreed = (one: Case): boolean => {
      const size = one.gib * GIB;
      if (size <= one.reserveBytes) return true;
      return levelOf(readings(size, one, useOf(one)), null) !== 'critical' || !isApproved(one, useOf(one), size);
    };
    expect(failing(isAgreed)).toEqual([]);
  });
});
