/**
 * Where memory.max should stand with --hard-limit: what the cgroup uses and all that the VM can still
 * give, so that the cgroup meets its own OOM killer before the VM meets the global one. Page cache is
 * reclaimed at the limit before anything is killed, so it is not counted as use.
 */
import type { CgroupReading } from '../events/readings';
import { MIB } from '../../shared/units';

/** However short the VM is, the cgroup keeps this much to go on with. */
export const HARD_LIMIT_LEAST_ROOM_BYTES = 64 * MIB;
/** Less of a change is not worth a write. */
const STEP_BYTES = 64 * MIB;
/** The runway varies with the cache: a limit that stands a little too high is lowered only when it is off by this share. */
const LOWER_FRACTION = 0.1;

/** What the cgroup cannot give back by reclaim to memory.max; swap is not charged to it. */
const chargedBytes = ({ anonBytes, shmemBytes, kernelBytes }: CgroupReading): number =>
  anonBytes + shmemBytes + kernelBytes;

export const hardLimitTarget = (cgroup: CgroupReading, runwayBytes: number): number => {
  const bytes = chargedBytes(cgroup) + Math.max(HARD_LIMIT_LEAST_ROOM_BYTES, runwayBytes);
  return Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;
};

/** Raised or lifted (null: "max") at once, so that a grant is not withheld; lowered only by much. */
export const isChangeWorthwhile = (standing: number | null, target: number | null): boolean => {
  if (standing === null || target === null) return standing !== target;
  return target > standing || standing - target > Math.max(STEP_BYTES, LOWER_FRACTION * target);
};
