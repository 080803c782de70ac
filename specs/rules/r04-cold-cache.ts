/**
 * R4: cold cache is not need. Each beat is folded a second time with more page cache and the same
 * available memory: the pressure level, the escalation and the floors must be the same, and the size as well (but where
 * Postgres itself tells a working set, or work waits for pages that came back: that cache is hot). Only a shrink may go by
 * smaller steps: where refaults can be seen, what is hot is found out by taking a little. And memory.high counts only
 * with anon + shmem behind it: as a level, or as the growth that ran into our own tripwire.
 */
import { exceeds, larger } from '../../machines/shared/sizing';
import { GIB } from '../../machines/shared/units';
import type { Size } from '../../machines/shared/events/size';
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

/** So little of its time work waits for pages that came back, and no preference has the size follow it. */
const COLD_STALL_FRACTION = 0.03;

const danger = ({ domain, statechart: { context } }: TraceStep['before']): string =>
  JSON.stringify([context.memory, domain.easingSince, context.escalation, domain.reliefBytes, context.floors]);

/** A shrink that takes page cache goes by steps where refaults can be seen: more of it may hold back what is granted, and no more. */
const mayHoldBack = ({ before, step, input }: TraceStep, decided: Size): boolean => {
  const { granted } = before.statechart.context;
  const expected = step.state.domain.decided;
  if (input.type !== 'sample.taken' || input.readings.cgroup?.refaultFilePagesDelta === undefined) return false;
  return (
    granted !== null && expected !== null && !exceeds(expected, decided) && !exceeds(decided, larger(expected, granted))
  );
};

const isHot = ({ step }: TraceStep): boolean =>
  (step.state.domain.recommendation?.parts['cacheStallFraction'] ?? 0) > COLD_STALL_FRACTION;

const cacheCounts = (traced: TraceStep, { engine }: Trace): string | null => {
  const { at, input, before, step } = traced;
  if (input.type !== 'sample.taken' || before.domain.workingSet !== null) return null;
  const more = engine.step(before, at, { ...input, readings: withMoreCache(input.readings) }).state;
  const [calm, cached] = [danger(step.state), danger(more)];
  if (calm !== cached) return `more cache turned ${calm} into ${cached}`;
  const [expected, decided] = [JSON.stringify(step.state.domain.decided), JSON.stringify(more.domain.decided)];
  if (expected === decided || isHot(traced)) return null;
  if (more.domain.decided !== null && mayHoldBack(traced, more.domain.decided)) return null;
  return `more cache turned ${expected} into ${decided}`;
};

const highCounts = ({ input, before, step }: TraceStep): string | null => {
  if (input.type !== 'memory.high.reached' || before.statechart.context.memory === 'critical') return null;
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
