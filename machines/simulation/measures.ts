/** What a run is scored by. */

export interface Measures {
  /** Time that the trace covers, gaps left out. */
  durationSeconds: number;
  /** Time in which work waited longer than about a second, and how much did. */
  cpuShortSeconds: number;
  cpuShortCoreSeconds: number;
  /** Time in which memory did not fit, and by how much. */
  memShortSeconds: number;
  memShortGibSeconds: number;
  /** Demanded, after noise and bounds. */
  usedCoreSeconds: number;
  allocatedCoreSeconds: number;
  usedGibSeconds: number;
  allocatedGibSeconds: number;
  /** Grants that took effect. */
  resizes: number;
  /** Of a made-up page cache (page-cache.ts): memory left for it, seconds × share of reads that miss, what was read again after a shrink. */
  cacheGibSeconds: number;
  cacheMissSeconds: number;
  cacheRefilledGib: number;
}

export const noMeasures = (): Measures => ({
  durationSeconds: 0,
  cpuShortSeconds: 0,
  cpuShortCoreSeconds: 0,
  memShortSeconds: 0,
  memShortGibSeconds: 0,
  usedCoreSeconds: 0,
  allocatedCoreSeconds: 0,
  usedGibSeconds: 0,
  allocatedGibSeconds: 0,
  resizes: 0,
  cacheGibSeconds: 0,
  cacheMissSeconds: 0,
  cacheRefilledGib: 0,
});

/** Adds `more` to `total`, key by key. */
export const addMeasures = (total: Measures, more: Measures): Measures => ({
  durationSeconds: total.durationSeconds + more.durationSeconds,
  cpuShortSeconds: total.cpuShortSeconds + more.cpuShortSeconds,
  cpuShortCoreSeconds: total.cpuShortCoreSeconds + more.cpuShortCoreSeconds,
  memShortSeconds: total.memShortSeconds + more.memShortSeconds,
  memShortGibSeconds: total.memShortGibSeconds + more.memShortGibSeconds,
  usedCoreSeconds: total.usedCoreSeconds + more.usedCoreSeconds,
  allocatedCoreSeconds: total.allocatedCoreSeconds + more.allocatedCoreSeconds,
  usedGibSeconds: total.usedGibSeconds + more.usedGibSeconds,
  allocatedGibSeconds: total.allocatedGibSeconds + more.allocatedGibSeconds,
  resizes: total.resizes + more.resizes,
  cacheGibSeconds: total.cacheGibSeconds + more.cacheGibSeconds,
  cacheMissSeconds: total.cacheMissSeconds + more.cacheMissSeconds,
  cacheRefilledGib: total.cacheRefilledGib + more.cacheRefilledGib,
});
