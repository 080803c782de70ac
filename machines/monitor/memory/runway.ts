/**
 * How far memory is from its end, in bytes and in time (rule R11), and what that end is: only for want of the VM's own
 * memory does a larger size help.
 */
import * as t from 'io-ts';
import type { CgroupReading, MemoryReading, Readings } from '../events/readings';
import { leftAt } from './ladder';

export const RunwayTerm = t.keyof({ memory: null, commitLimit: null, kernelZones: null, foreignLimit: null });
/**
 * What ends first. memory: MemAvailable, or a size that the kernel does not know of; commitLimit: what may be promised
 * (vm.overcommit_memory = 2), a share of memory; kernelZones: page tables, slab and memmap fit nowhere else; foreignLimit:
 * somebody else's memory.max.
 */
export type RunwayTerm = t.TypeOf<typeof RunwayTerm>;

/** Memory that is plugged is not for the kernel's own zones, and takes its memmap from them. */
const IS_CURABLE: Readonly<Record<RunwayTerm, boolean>> = {
  memory: true,
  commitLimit: true,
  kernelZones: false,
  foreignLimit: false,
};

type CurableTerm = 'memory' | 'commitLimit';
export const isCurable = (term: RunwayTerm): term is CurableTerm => IS_CURABLE[term];

export interface Runway {
  /** Until memory counts as short (the ladder's rung "critical"); negative beyond it. */
  readonly bytes: number;
  /** Until the very end, and the size that the rungs are reckoned of. */
  readonly leftBytes: number;
  readonly sizeBytes: number;
  readonly term: RunwayTerm;
}

/**
 * Page tables, slab and memmap come only from the kernel's own zones. One byte there carries about
 * this many bytes of use; beyond that the kernel fails although movable memory is free.
 */
const KERNEL_ZONE_CARRIES = 16;

const runway = (term: RunwayTerm, leftBytes: number, sizeBytes: number): Runway => ({
  bytes: leftBytes - leftAt('critical', sizeBytes),
  leftBytes,
  sizeBytes,
  term,
});

const ofCommitLimit = ({ commitLimitBytes, committedBytes, totalBytes }: MemoryReading): Runway[] =>
  commitLimitBytes === undefined || committedBytes === undefined
    ? []
    : [runway('commitLimit', commitLimitBytes - committedBytes, totalBytes)];

const ofKernelZones = ({ kernelRoomBytes, totalBytes }: MemoryReading): Runway[] =>
  kernelRoomBytes === undefined ? [] : [runway('kernelZones', kernelRoomBytes * KERNEL_ZONE_CARRIES, totalBytes)];

/** Page cache is reclaimed before the limit fails anybody. */
const ofForeignLimit = (cgroup: CgroupReading | undefined): Runway[] => {
  if (cgroup?.limitBytes === undefined) return [];
  const { limitBytes, anonBytes, shmemBytes, kernelBytes } = cgroup;
  return [runway('foreignLimit', limitBytes - anonBytes - shmemBytes - kernelBytes, limitBytes)];
};

/** `virtualSizeBytes`: a size that the kernel does not know of (an agent without a hypervisor) bounds memory too. */
const ofMemory = ({ availableBytes, totalBytes }: MemoryReading, virtualSizeBytes: number | null): Runway => {
  if (virtualSizeBytes === null) return runway('memory', availableBytes, totalBytes);
  const virtual = virtualSizeBytes - (totalBytes - availableBytes);
  return runway('memory', Math.min(availableBytes, virtual), Math.min(totalBytes, virtualSizeBytes));
};

const shorter = (a: Runway, b: Runway): Runway => (b.bytes < a.bytes ? b : a);

/** The shortest of all, and the shortest of those that a larger size lengthens; null without a reading of the VM's memory. */
export const runwaysOf = (
  { memory, cgroup }: Readings,
  virtualSizeBytes: number | null,
): { readonly shortest: Runway; readonly curable: Runway } | null => {
  if (memory === undefined) return null;
  const curable = ofCommitLimit(memory).reduce(shorter, ofMemory(memory, virtualSizeBytes));
  return { shortest: [...ofKernelZones(memory), ...ofForeignLimit(cgroup)].reduce(shorter, curable), curable };
};

/** Milliseconds until so many bytes are used up at this growth; Infinity when nothing grows, 0 when they are. */
export const exhaustionMs = (bytes: number, growthBytesPerS: number): number => {
  if (bytes <= 0) return 0;
  return growthBytesPerS <= 0 ? Infinity : (bytes * 1000) / growthBytesPerS;
};
