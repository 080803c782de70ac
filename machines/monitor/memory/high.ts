/** Whether a memory.high event is use or cache (rule R4). */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import type { CgroupReading } from '../events/readings';

/** Page cache alone can sit at memory.high for ever; this share of it must be anon + shmem to count. */
const UNRECLAIMABLE_FRACTION = 0.85;
/** This share of the way up to our own tripwire must have been anon + shmem. */
const GROWN_FRACTION = 0.5;

/** Our own memory.high, and what was in use when it was armed. */
export const ArmedWire = t.readonly(t.type({ highBytes: finite, currentBytes: finite, residentBytes: finite }));
export type ArmedWire = t.TypeOf<typeof ArmedWire>;

const residentBytes = ({ anonBytes, shmemBytes }: CgroupReading): number => anonBytes + shmemBytes;

export const wireArmed = (cgroup: CgroupReading, highBytes: number): ArmedWire => ({
  highBytes,
  currentBytes: cgroup.currentBytes,
  residentBytes: residentBytes(cgroup),
});

const grewTo = (wire: ArmedWire, cgroup: CgroupReading): boolean =>
  residentBytes(cgroup) - wire.residentBytes >= GROWN_FRACTION * (wire.highBytes - wire.currentBytes);

/**
 * memory.high was reached by memory that cannot be reclaimed. `wire`: our own tripwire, which is lifted
 * by the time that this is asked; null: a limit of somebody else. Without a known limit nothing is confirmed.
 */
export const confirmsHigh = (cgroup: CgroupReading | undefined, wire: ArmedWire | null): boolean => {
  if (cgroup === undefined) return false;
  const highBytes = wire?.highBytes ?? cgroup.highBytes;
  if (highBytes === undefined) return false;
  const isFull = residentBytes(cgroup) >= UNRECLAIMABLE_FRACTION * highBytes;
  return isFull || (wire !== null && grewTo(wire, cgroup));
};
