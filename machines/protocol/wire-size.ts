/** Between sizes as we reckon (bytes as a double) and as they stand on the wire (digits). */
import type { Size } from '../events/size.codec';
import type { WireSize } from './messages';

/** @throws RangeError if `mem` is not a finite number: a wish of ours that is no size. */
export const toWire = (size: Size): WireSize => ({
  cpu: size.cpu,
  mem: BigInt(Math.max(0, Math.round(size.mem))).toString(),
});

/** Digits beyond 2^53 become the nearest double. */
export const fromWire = (size: WireSize): Size => ({ cpu: size.cpu, mem: Number(size.mem) });
