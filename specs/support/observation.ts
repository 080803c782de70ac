/** An observation in which all is calm, with what a spec wants to be different. */
import type { Observation } from '../../machines/monitor/policies/policy';
import { GIB } from '../../machines/shared/units';

const CALM: Observation = {
  at: 0,
  elapsedMs: 0,
  load1: 0,
  load5: 0,
  runCores: 0,
  delayCores: 0,
  usedBytes: 0,
  neededBytes: 0,
  cachedBytes: 0,
  fileBytes: null,
  activeFileBytes: null,
  refaultBytesPerS: null,
  growthBytesPerS: 0,
  workingSetPages: null,
  granted: { cpu: 0.25, mem: GIB },
  grantUpMs: 1500,
};

export const observed = (differences: Partial<Observation>): Observation => ({ ...CALM, ...differences });
