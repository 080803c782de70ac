/**
 * While memory leaves the VM its use looks larger than it is: to take a block out, the kernel first takes
 * its pages from MemAvailable, and only when all of them are free from MemTotal (kernel doc
 * admin-guide/mm/memory-hotplug). In a real VM a block of 128 MiB was gone from the one and not yet from the
 * other for some samples. Read as growth, that would turn round every shrink.
 *
 * So for that time what the VM uses beside the cgroup counts as it was before, and only the cgroup's own use
 * is followed. It may be too little for what grows outside of the cgroup; the runway, which counts pages that
 * are really free, and rule R5's look before each shrink know nothing of this.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import type { Readings } from '../events/readings';
import { SECOND_MS } from '../../shared/units';
import { cgroupUseBytes, useBytes, vmUseBytes } from './use';

export const HotUnplug = t.readonly(
  t.type({
    /** What the VM used beside the cgroup when the shrink was approved. */
    besideBytes: finite,
    /** A block that is not gone by then stays. */
    until: finite,
  }),
);
export type HotUnplug = t.TypeOf<typeof HotUnplug>;

/** A shrink was approved. Null: without a cgroup there is nothing else to go by. */
export const beginHotUnplug = (readings: Readings, before: HotUnplug | null, until: number): HotUnplug | null => {
  const [vm, cgroup] = [vmUseBytes(readings), cgroupUseBytes(readings)];
  if (vm === null || cgroup === null) return null;
  // During another shrink the VM's figure is no good already.
  return { besideBytes: before?.besideBytes ?? Math.max(0, vm - cgroup), until };
};

/** A block that turns round half-way out seems to be in use for some samples more: it was read as growth of 561 MiB/s. */
const SETTLE_MS = 2 * SECOND_MS;

/** The size that was granted is there. */
export const endSoon = (hotUnplug: HotUnplug, at: number): HotUnplug => ({
  ...hotUnplug,
  until: Math.min(hotUnplug.until, at + SETTLE_MS),
});

/** MemTotal − MemAvailable, without what only seems to be in use. */
export const trueVmUseBytes = (readings: Readings, hotUnplug: HotUnplug | null): number | null => {
  const [vm, cgroup] = [vmUseBytes(readings), cgroupUseBytes(readings)];
  if (vm === null || cgroup === null || hotUnplug === null) return vm;
  return Math.min(vm, cgroup + hotUnplug.besideBytes);
};

/** Use that cannot be reclaimed, as useBytes, without what only seems to be in use. */
export const trueUseBytes = (readings: Readings, hotUnplug: HotUnplug | null): number | null =>
  useBytes(readings, trueVmUseBytes(readings, hotUnplug));
