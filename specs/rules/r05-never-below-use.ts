/**
 * R5: no DownscaleResult with Ok true for a size below use + margin, or without a sample of the last
 * second. The numbers are reckoned here anew from the beats of the trace. An approval may come a
 * little after its request (the file cache shrinks first): what counts is what was known when it was given.
 */
import { isLeft } from 'fp-ts/Either';
import { decodeFrame } from '../../machines/shared/protocol/decode';
import { expectedMs } from '../../machines/monitor/engine/grant-latency';
import type { Readings } from '../../machines/monitor/events/readings';
import { MIB } from '../../machines/shared/units';
import { everyStep, framesOf, type Trace, type TraceStep } from './trace';

const FRESH_MS = 1_000;
const PAGE_BYTES = 4_096;

const useBytes = ({ memory, cgroup }: Readings): number | null => {
  if (memory === undefined) return null;
  const vm = memory.totalBytes - memory.availableBytes;
  if (cgroup === undefined) return vm;
  return Math.max(vm, cgroup.anonBytes + cgroup.shmemBytes + cgroup.kernelBytes + cgroup.swapBytes);
};

const marginBytes = ({ memory, cgroup }: Readings, targetBytes: number, { domain }: TraceStep['before']): number => {
  const shrinkBytes = Math.max(0, (memory?.totalBytes ?? 0) - targetBytes);
  const grown = (domain.growth.bytesPerS * expectedMs(domain.latency, 'down', shrinkBytes)) / 1000;
  // Mapped shared memory is in the use already.
  const mapped = Math.max(0, (cgroup?.fileMappedBytes ?? 0) - (cgroup?.shmemBytes ?? 0));
  const hot = mapped + (cgroup?.refaultFilePagesDelta ?? 0) * PAGE_BYTES;
  return (
    Math.max(100 * MIB, 0.02 * targetBytes, grown) +
    (memory?.dirtyBytes ?? 0) +
    (memory?.writebackBytes ?? 0) +
    Math.min(hot, 0.25 * targetBytes)
  );
};

/** The sizes asked for under this id before; ids may repeat. */
const targetsOf = (trace: Trace, until: number, conn: string, id: number): number[] =>
  trace.steps.slice(0, until + 1).flatMap(({ input }) => {
    if (input.type !== 'frame.received' || input.conn !== conn) return [];
    const message = decodeFrame(input.text);
    if (isLeft(message) || message.right.type !== 'DownscaleRequest' || Number(message.right.id) !== id) return [];
    return [Number(message.right.target.mem)];
  });

const sampleAt = (trace: Trace, index: number): { readonly at: number; readonly readings: Readings } | null => {
  for (let i = index; i >= 0; i -= 1) {
    const { at, input } = trace.steps[i]!;
    if (input.type === 'sample.taken') return { at, readings: input.readings };
  }
  return null;
};

const problemWith = (trace: Trace, index: number, targetBytes: number): string | null => {
  const answered = trace.steps[index]!;
  const sample = sampleAt(trace, index);
  const use = sample && useBytes(sample.readings);
  if (sample === null || use === null) return 'without a sample';
  if (answered.at - sample.at > FRESH_MS) return `on a sample of ${answered.at - sample.at} ms`;
  const needed = use + marginBytes(sample.readings, targetBytes, answered.before);
  const holds = targetBytes - (answered.before.domain.bootReserveBytes ?? 0);
  return holds >= needed ? null : `for ${targetBytes} bytes where ${needed} are needed`;
};

const approvedWrongly = (trace: Trace, index: number, conn: string, id: number): string | null => {
  const problems = targetsOf(trace, index, conn, id).map((targetBytes) => problemWith(trace, index, targetBytes));
  if (problems.includes(null)) return null;
  return `approved ${id} ${problems.join(' or ') || 'which nobody asked'}`;
};

export const r05NeverBelowUse = everyStep('R5', (step, trace, index) => {
  for (const { Ok, conn, id } of framesOf(step, 'DownscaleResult')) {
    const wrong = Ok === true ? approvedWrongly(trace, index, conn, id) : null;
    if (wrong !== null) return wrong;
  }
  return null;
});
