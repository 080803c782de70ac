/** An observation in which all is calm, with what a spec wants to be different. */
import type { Observation } from '../../machines/monitor/policies/policy';
import { GIB } from '../../machines/shared/units';

const CALM: Observation = {
  at: 0,
  elapsedMs: 0,
  load1: 0,
  load5: 0,
  runCores: 0,
  waitingTasks: 0,
  taskSeconds: null,
  capacityCores: 0.25,
  usedBytes: 0,
  neededBytes: 0,
  besideBytes: 0,
  keptBytes: 0,
  freeBytes: 0,
  cachedBytes: 0,
  pageCacheBytes: null,
  fileCacheBytes: null,
  workingSetPages: null,
  refaultPagesPerS: null,
  readsPerS: null,
  cpuStallFraction: null,
  ioStallFraction: null,
  memoryStallFraction: null,
  granted: { cpu: 0.25, mem: GIB },
  shortageBytes: 0,
  growthBytesPerS: 0,
  riseBytes: 0,
  grantUpMs: 1500,
};

/** All cores of what is granted can be busy, where the spec says nothing else. */
export const observed = (differences: Partial<Observation>): Observation => ({
  ...CALM,
  capacityCores: differences.granted?.cpu ?? CALM.capacityCores,
  ...differences,
});
