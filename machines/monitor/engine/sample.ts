/** Folds one beat: readings into growth, need and verdicts. */
import type { BeatSampled } from '../events/inputs';
import { estimateBootReserve } from '../memory/boot-reserve';
import { NO_GROWTH, observeUse, standUntil, type Growth } from '../memory/growth';
import { endSoon, trueUseBytes } from '../memory/hot-unplug';
import { withinLargest, type Size } from '../../shared/events/size';
import { unitsOf, unitsUp, type SizingRules } from '../../shared/sizing';
import { SECOND_MS } from '../../shared/units';
import { assess } from './assess';
import { timeGrant } from './grant-timing';
import { learnReserve } from './learn-reserve';
import { afterOomKills, agrees, seenSize, toObservation } from './observe';
import type { Run } from './run';

/** A longer gap between beats is a gap in the windows, not a time of zero use (suspend, a long stop). */
const GAP_MS = 30 * SECOND_MS;

/** `bytes`: use now; null: not known. */
const grown = (before: Growth, { elapsedMs, unmovedMs }: BeatSampled, at: number, bytes: number | null): Growth => {
  if (bytes === null) return NO_GROWTH;
  const growth = unmovedMs === undefined ? before : standUntil(before, at - elapsedMs + unmovedMs);
  return observeUse(growth, at, bytes);
};

const takeReadings = (run: Run, beat: BeatSampled): void => {
  const { domain, at } = run;
  const use = trueUseBytes(beat.readings, domain.leaving);
  const shared = beat.readings.memory?.shmemBytes ?? null;
  const gap = domain.beatAt === null || at - domain.beatAt > GAP_MS;
  run.note({
    readings: beat.readings,
    sampledAt: use === null ? domain.sampledAt : at,
    beatAt: at,
    shortReportedUntil: afterOomKills(at, beat.readings, domain),
    coveredSince: gap ? at : domain.coveredSince,
    growth: grown(domain.growth, beat, at, use),
    sharedGrowth: grown(domain.sharedGrowth, beat, at, shared),
  });
};

/**
 * A seen size as units. A VM of a fraction of a vCPU shows a whole CPU, so with tied units the memory
 * tells the size, if the CPUs fit it; else both are rounded up as they are.
 */
const asUnits = ({ unit, independent }: SizingRules, seen: Size): Size => {
  const memUnits = unitsUp(seen.mem, unit.mem);
  const fits = Math.ceil(memUnits * unit.cpu) === Math.ceil(seen.cpu);
  return withinLargest(unitsOf(unit, fits && !independent ? memUnits : unitsUp(seen.cpu, unit.cpu), memUnits));
};

/** Before anything is acknowledged, the seen size counts, rounded up to units (rule R11). */
const assumeSize = (run: Run): void => {
  const { memory } = run.domain.readings;
  if (run.config.chart.sizeFrom !== 'kernel' || memory === undefined) return;
  if (run.domain.bootReserveBytes === null) {
    run.note({ bootReserveBytes: estimateBootReserve(memory.totalBytes, run.config.sizing.unit.mem) });
  }
  const seen = seenSize(run.domain);
  if (run.context.granted !== null || seen === null) return;
  run.tell({ type: 'size.assumed', size: asUnits(run.config.sizing, seen), at: run.at });
};

const compareSeen = (run: Run): void => {
  const { granted } = run.context;
  if (granted === null) return;
  const now = run.config.chart.sizeFrom === 'agent' || agrees(run.domain, granted);
  const before = run.domain.agreed;
  if (now !== before) run.note({ agreed: now });
  if (now && (!before || run.context.shrink !== null)) run.tell({ type: 'size.seen', at: run.at });
};

/** Soon after the kernel shows the granted size, or when time is up. */
const endLeaving = (run: Run): void => {
  const { at, domain, context } = run;
  const { leaving } = domain;
  if (leaving === null) return;
  const seen = seenSize(domain);
  const isThere = seen !== null && context.granted !== null && seen.mem <= context.granted.mem;
  if (at >= leaving.until) run.note({ leaving: null });
  else if (isThere) run.note({ leaving: endSoon(leaving, at) });
};

/** Somebody took CPUs offline that we had brought online. */
const compareCpus = (run: Run): void => {
  const { online } = run.context.cpus;
  const { cpu } = run.domain.readings;
  if (online !== null && cpu !== undefined && cpu.onlineCpus < online) run.tell({ type: 'cpus.missing', at: run.at });
};

const askPolicy = (run: Run, beat: BeatSampled): void => {
  const seen = toObservation(run.at, beat, run.domain, run.context, run.config);
  const { state, need } = run.policy.step(run.policyState, seen);
  run.policyState = state;
  run.note({ need });
};

export const foldBeat = (run: Run, beat: BeatSampled): void => {
  takeReadings(run, beat);
  assumeSize(run);
  learnReserve(run);
  compareSeen(run);
  compareCpus(run);
  timeGrant(run);
  endLeaving(run);
  askPolicy(run, beat);
  assess(run);
};
