/** Between sizes as we reckon (bytes as a double) and as they stand on the wire (digits). */
import { withinLargest, type Size } from '../events/size';
import type { WireSize } from './messages';

/** @throws RangeError if one of both is not a finite number: a request of ours that is no size. */
export const toWire = ({ cpu, mem }: Size): WireSize => {
  if (!Number.isFinite(cpu)) throw new RangeError(`${cpu} vCPU is no size`);
  return { cpu, mem: BigInt(Math.max(0, Math.round(mem))).toString() };
};

/** Digits beyond 2^53 become the nearest double; what no machine has counts as LARGEST_SIZE. */
export const fromWire = (size: WireSize): Size => withinLargest({ cpu: size.cpu, mem: Number(size.mem) });
