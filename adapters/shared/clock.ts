/**
 * The one clock of a running monitor: milliseconds of CLOCK_BOOTTIME, which goes on while the VM is
 * suspended. Node offers CLOCK_MONOTONIC only (process.hrtime, which stands still in a suspend), so
 * the difference is taken from /proc/uptime, which counts boot time (proc_uptime(5)). /proc/uptime
 * alone would not do: its resolution is 10 ms and each look costs a read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECOND_MS } from '../../machines/shared/units';

export interface BootClock {
  /** Whole milliseconds since boot; never goes back. Does no I/O. */
  readonly nowMs: () => number;
  /** Compares with <procRoot>/uptime (one synchronous read, some 20 µs); call it every few seconds. */
  readonly resync: () => void;
}

/** Smaller differences are the 10 ms resolution of /proc/uptime and late reads, not a suspend. */
const DRIFT_MS = 50;

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // Missing or forbidden: the callers have a value for that.
  }
};

const readUptimeMs = (procRoot: string): number | null => {
  const seconds = /^(\d+(?:\.\d+)?)\s/.exec(readText(join(procRoot, 'uptime')) ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds) * SECOND_MS;
};

const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/** A clock on `procRoot` ("/proc"). Without a readable uptime it is CLOCK_MONOTONIC. */
export const createBootClock = (procRoot: string): BootClock => {
  let aheadMs = 0;
  const driftMs = (): number => (readUptimeMs(procRoot) ?? monotonicMs() + aheadMs) - (monotonicMs() + aheadMs);
  const atStartMs = driftMs();
  if (Math.abs(atStartMs) > DRIFT_MS) aheadMs = Math.round(atStartMs);
  return {
    nowMs: () => monotonicMs() + aheadMs,
    resync: () => {
      const drift = driftMs();
      if (drift > DRIFT_MS) aheadMs += Math.round(drift); // Only forwards: time already given out stays valid.
    },
  };
};

/** The kernel's random id of this boot, or "unknown". */
export const readBootId = (procRoot: string): string =>
  readText(join(procRoot, 'sys/kernel/random/boot_id'))?.trim() ?? 'unknown';
