/**
 * Byte gauges in steps of 64 KiB: memory.stat itself lags by up to 0.6 MiB, and coarse numbers keep the
 * event log small. The error is always on the careful side: use is rounded up, room is rounded down.
 */
import { KIB } from '../machines/shared/units';

export const QUANTUM_BYTES = 64 * KIB;

/** For what is in use. */
export const roundUseBytes = (bytes: number): number => Math.ceil(bytes / QUANTUM_BYTES) * QUANTUM_BYTES;

/** For what is there, free, available or reclaimable. */
export const roundRoomBytes = (bytes: number): number => Math.floor(bytes / QUANTUM_BYTES) * QUANTUM_BYTES;
