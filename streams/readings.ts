/** Size, memory use, CPU load and pressure, joined again into the readings of each sample. */
import { type Observable, connect, map, zip } from 'rxjs';
import type { Readings } from '../machines/monitor/events/readings';
import { cpuLoad } from './cpu-load';
import { type MemoryUse, memoryUse } from './memory-use';
import { steps } from './part';
import { pressure } from './pressure';
import type { RawSample } from './raw-sample';
import type { Parts, SizePart } from './signals/signal';
import { observedSizes } from './size';

/** The size has its place in the groups of memory and CPU. */
const joined = (
  { totalBytes, onlineCpus, quotaCpus }: SizePart,
  { memory, cgroup }: MemoryUse,
  cpu: Parts['cpu'] | undefined,
  stalls: Parts['pressure'] | undefined,
): Readings => {
  // Assigned one by one: putting optional parts together by spreads cost a sixth of all that a sample takes here.
  const all: { -readonly [Group in keyof Readings]: Readings[Group] } = {};
  if (memory !== undefined && totalBytes !== undefined) all.memory = { totalBytes, ...memory };
  if (cgroup !== undefined) all.cgroup = cgroup;
  if (stalls !== undefined) all.pressure = stalls;
  if (cpu !== undefined && onlineCpus !== undefined) all.cpu = { onlineCpus, ...cpu };
  if (all.cpu !== undefined && quotaCpus !== undefined) all.cpu.quotaCpus = quotaCpus;
  return all;
};

/** One for each sample, before the next one is taken: all four streams follow the same source, synchronously. */
export const readings = (raw$: Observable<RawSample>): Observable<Readings> =>
  steps(raw$).pipe(
    connect((steps$) => zip(observedSizes(steps$), memoryUse(steps$), cpuLoad(steps$), pressure(steps$))),
    map(([sized, used, loaded, stalled]) => joined(sized, used, loaded, stalled)),
  );
