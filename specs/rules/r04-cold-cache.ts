/**
 * R4: cold cache is not need. Each beat is folded a second time with more page cache and the same
 * available memory: the decision, the verdict and the danger must be the same (but where Postgres itself tells a
 * working set: what is cached of that is hot). And memory.high counts only
 * with anon + shmem behind it: as a level, or as the growth that ran into our own tripwire.
 */
import { GIB } from '../../machines/shared/units';
import type { Readings } from '../../machines/monitor/events/readings';
import { everyStep, type Trace, type TraceStep } from './trace';

const MORE_BYTES = 2 * GIB;
/** The share of memory.high that must be anon + shmem before an event counts. */
const UNRECLAIMABLE_FRACTION = 0.85;
/** The share of the way up to our own tripwire. */
const GROWN_FRACTION = 0.5;

const withMoreCache = ({ memory, cgroup, ...rest }: Readings): Readings => ({
  ...rest,
  ...(memory && {
    memory: {
      ...memory,
      cachedBytes: memory.cachedBytes + MORE_BYTES,
      freeBytes: Math.max(0, memory.freeBytes - MORE_BYTES),
    },
  }),
  ...(cgroup && {
    cgroup: { ...cgroup, fileBytes: cgroup.fileBytes + MORE_BYTES, currentBytes: cgroup.currentBytes + MORE_BYTES },
  }),
});

const judged = ({ domain }: TraceStep['before']): string =>
  JSON.stringify([domain.decided, domain.pressure, domain.escalation]);

const cacheCounts = ({ at, input, before, step }: TraceStep, { engine }: Trace): string | null => {
  if (input.type !== 'sample.taken' || before.domain.workingSet !== null) return null;
  const more = engine.step(before, at, { ...input, readings: withMoreCache(input.readings) });
  const [expected, got] = [judged(step.state), judged(more.state)];
  return expected === got ? null : `more cache turned ${expected} into ${got}`;
};

const highCounts = ({ input, before, step }: TraceStep): string | null => {
  if (input.type !== 'memory.high.reached' || before.domain.pressure.level === 'critical') return null;
  const { wire, readings } = before.domain;
  const { cgroup } = readings;
  const held = cgroup === undefined ? 0 : cgroup.anonBytes + cgroup.shmemBytes;
  const limit = wire?.highBytes ?? cgroup?.highBytes ?? Infinity;
  const hasGrown = wire !== null && held - wire.residentBytes >= GROWN_FRACTION * (wire.highBytes - wire.currentBytes);
  const confirmed = cgroup !== undefined && (held >= UNRECLAIMABLE_FRACTION * limit || hasGrown);
  if (confirmed || step.state.domain.shortReportedUntil === before.domain.shortReportedUntil) return null;
  return `memory.high counted with ${held} bytes of anon + shmem`;
};

export const r04ColdCache = everyStep('R4', (step, trace) => cacheCounts(step, trace) ?? highCounts(step));
