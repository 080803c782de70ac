/** Constant loads at all sizes and fill levels: each must come to rest within two resizes (rule R5, one ladder of margins). */
import { fnv1a, mulberry32 } from '../random';
import { scenarioFrom } from './read-scenario';
import type { Scenario } from './scenario';

const SIZES_GIB = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256] as const;
/** Available, as a share of the size; where the margins lie they are close together. */
const AVAILABLE_SHARES = [
  0.002, 0.004, 0.006, 0.008, 0.01, 0.0125, 0.015, 0.0175, 0.02, 0.0225, 0.025, 0.0275, 0.03, 0.0325, 0.035, 0.04,
  0.045, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8,
] as const;
/** Booted at this share of the size, the rest was plugged later: the boot reserve differs, and what plugging costs. */
const BOOT_SHARES = [1, 0.5, 0.25, 0] as const;
/** Long enough for the windows of a policy to fill and a floor to end, again and again. */
const MINUTES = 20;
/** No VM of the sweep may need to grow beyond. */
const ROOM_TO_GROW = 2;

/** Of 1 GiB: less than the ladder's last rungs. */
const OUT_OF_MEMORY_SHARE = 0.01;

const flat = (gib: number, share: number, bootShare: number, jitter: number): Scenario =>
  scenarioFrom({
    name: `flat-${gib}gib-${share}-boot-${bootShare}`,
    about: 'a constant load',
    minutes: MINUTES,
    vm: {
      maxUnits: Math.max(4, ROOM_TO_GROW * gib),
      initialUnits: gib,
      bootUnits: Math.max(1, Math.round(bootShare * gib)),
    },
    load: [{ kind: 'fill', availableMib: LEAST_MIB + share * gib * 1024 + jitter }],
    expect: {
      // A VM that begins out of memory takes the memmap of what is plugged for growth, and one unit more than it keeps.
      resizes: { most: gib === 1 && share < OUT_OF_MEMORY_SHARE ? 3 : 2 },
      // The agent is told of a floor that has sunk: after a shortage, and when the boot reserve is known.
      requestsAfterSettling: { most: 2 },
      denialsAnHour: { most: 6 },
      oomKills: { most: 0 },
    },
  });

/** With less the OOM killer would have come before the run begins. */
const LEAST_MIB = 64;
/** Of some MiB, so that no combination stands on a round number. */
const JITTER_MIB = 16;

/** The same list each time. */
export const flatSweep = (): readonly Scenario[] => {
  const random = mulberry32(fnv1a('flat-sweep'));
  return SIZES_GIB.flatMap((gib) =>
    AVAILABLE_SHARES.flatMap((share) =>
      BOOT_SHARES.filter((bootShare) => bootShare * gib >= 1 || bootShare === 0).map((bootShare) =>
        flat(gib, share, bootShare, random() * JITTER_MIB),
      ),
    ),
  );
};
