/** A VM as its kernel shows it: what a beat would read. */
import type { Readings } from '../../machines/monitor/events/readings';
import type { Size } from '../../machines/shared/events/size';
import { GIB, MIB } from '../../machines/shared/units';
import { units } from './chart-events';

/** What the kernel keeps of the size that the VM was booted with: the memmap, and its own text and tables. */
export const bootReserveOf = (bootBytes: number): number => bootBytes / 64 + 40 * MIB;

export interface Vm {
  /** The size that the hypervisor has given. */
  readonly size: Size;
  /** Memory that it was booted with, what came later was plugged; null: the present size. */
  readonly bootBytes: number | null;
  /** Memory that cannot be reclaimed: MemTotal − MemAvailable. */
  readonly useBytes: number;
  /** Page cache, part of what is available. */
  readonly cacheBytes: number;
  /** Of the cache: mapped pages of files. */
  readonly mappedBytes: number;
  readonly dirtyBytes: number;
  readonly busyCores: number;
  /** memory.high of the managed cgroup; null: max. */
  readonly highBytes: number | null;
  /** Of the use: shared memory. */
  readonly shmemBytes: number;
  readonly hasCgroup: boolean;
}

export const IDLE_VM: Vm = {
  size: units(2),
  bootBytes: null,
  useBytes: 512 * MIB,
  cacheBytes: 256 * MIB,
  mappedBytes: 0,
  dirtyBytes: 0,
  busyCores: 0.1,
  highBytes: null,
  shmemBytes: 64 * MIB,
  hasCgroup: true,
};

/** Use of the VM outside the managed cgroup. */
const SERVICES_BYTES = 100 * MIB;

/** memory.current of the managed cgroup. */
export const cgroupBytes = ({ useBytes, cacheBytes }: Vm): number => useBytes - SERVICES_BYTES + cacheBytes;

const memoryOf = (vm: Vm): NonNullable<Readings['memory']> => {
  const totalBytes = vm.size.mem - bootReserveOf(vm.bootBytes ?? vm.size.mem);
  const availableBytes = totalBytes - vm.useBytes;
  return {
    totalBytes,
    availableBytes,
    freeBytes: Math.max(0, availableBytes - vm.cacheBytes),
    cachedBytes: vm.cacheBytes,
    shmemBytes: vm.shmemBytes,
    dirtyBytes: vm.dirtyBytes,
    writebackBytes: 0,
    kernelRoomBytes: GIB,
  };
};

const cgroupOf = (vm: Vm): NonNullable<Readings['cgroup']> => ({
  anonBytes: Math.max(0, vm.useBytes - vm.shmemBytes - SERVICES_BYTES),
  shmemBytes: vm.shmemBytes,
  // Both count shared memory too, here all of it mapped, as shared_buffers are.
  fileBytes: vm.cacheBytes + vm.shmemBytes,
  kernelBytes: 8 * MIB,
  fileMappedBytes: vm.mappedBytes + vm.shmemBytes,
  swapBytes: 0,
  currentBytes: cgroupBytes(vm),
  ...(vm.highBytes === null ? {} : { highBytes: vm.highBytes }),
});

/** The readings of a beat `elapsedMs` after the last one; counters are missing on the first (0). */
export const readingsOf = (vm: Vm, elapsedMs: number): Readings => ({
  memory: memoryOf(vm),
  ...(vm.hasCgroup ? { cgroup: cgroupOf(vm) } : {}),
  cpu: {
    onlineCpus: Math.ceil(vm.size.cpu),
    procsRunning: Math.round(vm.busyCores),
    load1: vm.busyCores,
    load5: vm.busyCores,
    ...(elapsedMs > 0 ? { busyMs: vm.busyCores * elapsedMs, runDelayMs: 0 } : {}),
  },
});
