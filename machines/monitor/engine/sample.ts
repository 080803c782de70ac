/** Folds one sample: readings into growth, recommendation and pressure level. */
import type { SampleTaken } from '../events/inputs';
import { estimateBootReserve } from '../memory/boot-reserve';
import { NO_GROWTH, observeUse, standUntil, type Growth } from '../memory/growth';
import { endSoon, trueUseBytes } from '../memory/hot-unplug';
import { withinLargest, type Size } from '../../shared/events/size';
import { unitsOf, unitsUp, type SizingRules } from '../../shared/sizing';
import { SECOND_MS } from '../../shared/units';
import { assess } from './assess';
import { timeGrant } from './grant-timing';
import { learnReserve } from './learn-reserve';
import { afterOomKills, agrees, observedSize, sharedBaseBytes, toObservation } from './observe';
import type { EngineStep } from './run';
import type { Domain } from './state';

/** A longer gap between samples is a gap in the windows, not a time of zero use (suspend, a long stop). */
const GAP_MS = 30 * SECOND_MS;

/** `bytes`: use now; null: not known. */
const grown = (before: Growth, { elapsedMs, unchangedMs }: SampleTaken, at: number, bytes: number | null): Growth => {
  if (bytes === null) return NO_GROWTH;
  const growth = unchangedMs === undefined ? before : standUntil(before, at - elapsedMs + unchangedMs);
  return observeUse(growth, at, bytes);
};

/** Page cache that came back this long ago counts half. */
const REFAULTED_HALF_LIFE_MS = 5 * SECOND_MS;
/** Readings count pages of 4 KiB, whatever the kernel's. */
const PAGE_BYTES = 4096;

const refaultedBy = (before: Domain['refaulted'], { readings }: SampleTaken, at: number): Domain['refaulted'] => {
  const cameBack = (readings.cgroup?.refaultFilePagesDelta ?? 0) * PAGE_BYTES;
  if (before === null || before.bytes === 0) return cameBack === 0 ? before : { bytes: cameBack, at };
  const kept = before.bytes * 2 ** (-(at - before.at) / REFAULTED_HALF_LIFE_MS);
  return { bytes: cameBack + (kept < PAGE_BYTES ? 0 : kept), at };
};

/** Only a cache that has the size that is known says what is beside it. */
const learnSharedBase = (run: EngineStep): void => {
  const { fileCache } = run.context;
  if (fileCache.sizeBytes === null || fileCache.requestedBytes !== null) return;
  const bytes = sharedBaseBytes(run.domain, run.context);
  if (bytes !== run.domain.sharedBaseBytes) run.update({ sharedBaseBytes: bytes });
};

const takeReadings = (run: EngineStep, sample: SampleTaken): void => {
  const { domain, at } = run;
  const use = trueUseBytes(sample.readings, domain.hotUnplug);
  const shared = sample.readings.memory?.shmemBytes ?? null;
  const gap = domain.coveredUntil === null || at - domain.coveredUntil > GAP_MS;
  run.update({
    readings: sample.readings,
    sampledAt: use === null ? domain.sampledAt : at,
    coveredUntil: at,
    shortReportedUntil: afterOomKills(at, sample.readings, domain),
    coveredSince: gap ? at : domain.coveredSince,
    refaulted: refaultedBy(domain.refaulted, sample, at),
    growth: grown(domain.growth, sample, at, use),
    sharedGrowth: grown(domain.sharedGrowth, sample, at, shared),
  });
};

/**
 * An observed size as units. A VM of a fraction of a vCPU shows a whole CPU, so with tied units the memory
 * tells the size, if the CPUs fit it; else both are rounded up as they are.
 */
const asUnits = ({ unit, independent }: SizingRules, observed: Size): Size => {
  const memUnits = unitsUp(observed.mem, unit.mem);
  const fits = Math.ceil(memUnits * unit.cpu) === Math.ceil(observed.cpu);
  return withinLargest(unitsOf(unit, fits && !independent ? memUnits : unitsUp(observed.cpu, unit.cpu), memUnits));
};

/** Before anything is acknowledged, the observed size counts, rounded up to units (rule R11). */
const assumeSize = (run: EngineStep): void => {
  const { memory } = run.domain.readings;
  if (run.config.statechart.sizeFrom !== 'kernel' || memory === undefined) return;
  if (run.domain.bootReserveBytes === null) {
    run.update({ bootReserveBytes: estimateBootReserve(memory.totalBytes, run.config.sizing.unit.mem) });
  }
  const observed = observedSize(run.domain);
  if (run.context.granted !== null || observed === null) return;
  run.dispatch({ type: 'size.assumed', size: asUnits(run.config.sizing, observed), at: run.at });
};

const compareSeen = (run: EngineStep): void => {
  const { granted } = run.context;
  if (granted === null) return;
  const now = run.config.statechart.sizeFrom === 'agent' || agrees(run.domain, granted);
  const before = run.domain.agreed;
  if (now !== before) run.update({ agreed: now });
  if (now && (!before || run.context.shrink !== null)) run.dispatch({ type: 'size.observed', at: run.at });
};

/** Soon after the kernel shows the granted size, or when time is up. */
const endLeaving = (run: EngineStep): void => {
  const { at, domain, context } = run;
  const { hotUnplug } = domain;
  if (hotUnplug === null) return;
  const observed = observedSize(domain);
  const isThere = observed !== null && context.granted !== null && observed.mem <= context.granted.mem;
  if (at >= hotUnplug.until) run.update({ hotUnplug: null });
  else if (isThere) run.update({ hotUnplug: endSoon(hotUnplug, at) });
};

/** Somebody took CPUs offline that we had brought online. */
const compareCpus = (run: EngineStep): void => {
  const { online } = run.context.cpus;
  const { cpu } = run.domain.readings;
  if (online !== null && cpu !== undefined && cpu.onlineCpus < online)
    run.dispatch({ type: 'cpus.missing', at: run.at });
};

const askPolicy = (run: EngineStep, sample: SampleTaken): void => {
  const observed = toObservation(run.at, sample, run.domain, run.context, run.config);
  const { state, recommendation } = run.policy.step(run.policyState, observed);
  run.policyState = state;
  run.update({ recommendation });
};

export const applySample = (run: EngineStep, sample: SampleTaken): void => {
  takeReadings(run, sample);
  learnSharedBase(run);
  assumeSize(run);
  learnReserve(run);
  compareSeen(run);
  compareCpus(run);
  timeGrant(run);
  endLeaving(run);
  askPolicy(run, sample);
  assess(run);
};
