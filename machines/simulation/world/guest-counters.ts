/** The kernel's counters, as they stand now: what grows is told by the difference of two. */
import type { VirtualMachine } from './virtual-machine';

export interface GuestCounters {
  readonly busyMs: number;
  readonly stealMs: number;
  readonly runDelayMs: number;
  readonly timeslices: number;
  readonly waitedUs: number;
  readonly stalledUs: number;
  readonly ioSomeUs: number;
  readonly ioFullUs: number;
  readonly readBytes: number;
  readonly reads: number;
  readonly oomKills: number;
  readonly swappedIn: number;
  readonly swappedOut: number;
}

/** Whole milliseconds and reads, as the files have them. */
export const countersOf = (vm: VirtualMachine): GuestCounters => ({
  busyMs: Math.floor(vm.cpu.busyMs),
  stealMs: Math.floor(vm.cpu.stealMs),
  runDelayMs: Math.floor(vm.cpu.runDelayMs),
  timeslices: Math.floor(vm.cpu.timeslices),
  waitedUs: Math.floor(vm.cpu.someWaitedUs),
  stalledUs: Math.floor(vm.memory.stalledUs),
  ioSomeUs: Math.floor(vm.disk.ioSomeUs),
  ioFullUs: Math.floor(vm.disk.ioFullUs),
  readBytes: Math.floor(vm.disk.readBytes),
  reads: Math.floor(vm.disk.reads),
  oomKills: vm.memory.oomKills,
  swappedIn: vm.memory.swappedInBytes,
  swappedOut: vm.memory.swappedOutBytes,
});
