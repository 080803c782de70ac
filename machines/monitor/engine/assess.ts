/** From the latest readings and recommendation: the pressure level of memory, and the desired size. */
import type { StatechartEvent } from '../statechart/events';
import { riseBytes } from '../memory/growth';
import { isFloorToTell } from '../statechart/request';
import { sameSize, toWholeUnits } from '../../shared/sizing';
import type { Size } from '../../shared/events/size';
import { exhaustionMs } from '../memory/runway';
import { trueUseBytes } from '../memory/hot-unplug';
import { marginFor, marginTotal, useBytes } from '../memory/use';
import { nextPressureLevel, type MemoryOutlook, type PressureLevel } from '../memory/pressure-level';
import { withPrematureDownscale } from '../protection/stats';
import { MIB, MINUTE_MS } from '../../shared/units';
import { desiredSize, type DesiredSize } from './desired';
import { grantUpMs, toOutlook } from './observe';
import { protect } from './protect';
import type { EngineStep } from './run';
import { nameLack, raiseFloor, setFloor } from './shortage';

/** Kept free in the smaller size while a shrink is under way. */
const SHRINK_RESERVE_BYTES = 64 * MIB;
/** A time to exhaustion beyond this is no news to the agent. */
const WITHIN_MOST_MS = MINUTE_MS;

const LEVEL_EVENT: Record<Exclude<PressureLevel, 'critical'>, 'pressure.normal' | 'pressure.elevated'> = {
  normal: 'pressure.normal',
  elevated: 'pressure.elevated',
};

/**
 * Below this size Postgres is at risk: use, its margin and what the kernel keeps, in whole units; after a shortage what that asked
 * for, as use has outrun what was there.
 */
const shortageFloor = (run: EngineStep): Size | null => {
  const { readings, growth, bootReserveBytes, refaulted } = run.domain;
  const use = useBytes(readings);
  if (use === null) return null;
  // Until a grant is there use may rise once more as far as it has within this second: a burst says no more.
  const growthBytes = Math.min(riseBytes(growth), (growth.bytesPerS * grantUpMs(run.domain, run.context)) / 1000);
  const margin = marginTotal(marginFor(readings, refaulted?.bytes ?? 0, use, growthBytes));
  const mem = Math.max(use + margin + (bootReserveBytes ?? 0), run.context.floors.shortage?.size.mem ?? 0);
  return toWholeUnits(run.config.sizing, { cpu: 0, mem });
};

const withinMs = (outlook: MemoryOutlook | null): number | null =>
  outlook === null || outlook.exhaustionMs > WITHIN_MOST_MS ? null : Math.round(outlook.exhaustionMs);

/** Sends the statechart an event when the pressure level has changed. */
const judgeMemory = (run: EngineStep, outlook: MemoryOutlook): void => {
  const before = { level: run.context.memory, easingSince: run.domain.easingSince };
  const after = nextPressureLevel(before, run.at, outlook);
  if (after.easingSince !== before.easingSince) run.update({ easingSince: after.easingSince });
  if (after.level === before.level) return;
  if (after.level === 'critical') {
    run.dispatch({ type: 'pressure.critical', floor: shortageFloor(run), withinMs: withinMs(outlook), at: run.at });
  } else {
    run.dispatch({ type: LEVEL_EVENT[after.level], at: run.at });
  }
};

/** Use will pass the end of the size that is being shrunk to, before a grant could turn it round. */
const growsIntoShrink = (run: EngineStep, to: Size): boolean => {
  const { readings, growth, bootReserveBytes, hotUnplug } = run.domain;
  const use = trueUseBytes(readings, hotUnplug);
  if (use === null) return false;
  const runway = to.mem - (bootReserveBytes ?? 0) - use - SHRINK_RESERVE_BYTES;
  return exhaustionMs(runway, growth.bytesPerS) <= grantUpMs(run.domain, run.context);
};

const watchShrink = (run: EngineStep): void => {
  const { shrink } = run.context;
  if (shrink === null || !growsIntoShrink(run, shrink.to)) return;
  // Seen in each sample of the same shrink, counted once.
  if (run.context.floors.shrink === null) run.update({ stats: withPrematureDownscale(run.domain.stats) });
  setFloor(run, 'shrink', shrink.from);
};

/** A floor whose time is over is forgotten, so that the state does not carry it for ever. */
const dropExpiredFloors = (run: EngineStep): void => {
  for (const name of ['shortage', 'shrink'] as const) {
    const floor = run.context.floors[name];
    if (floor === null || run.at < floor.until) continue;
    run.dispatch({ type: 'floor.changed', of: name, floor: null, at: run.at });
  }
};

const isWindowFull = ({ domain, policy, at }: EngineStep): boolean =>
  domain.coveredSince !== null && at - domain.coveredSince >= policy.longestWindowMs;

const rememberNeed = (run: EngineStep, { recommendedMemBytes: neededMemBytes }: DesiredSize): void => {
  const { recommendedMem } = run.domain;
  if (neededMemBytes === null || neededMemBytes === recommendedMem?.bytes) return;
  // Only a rise makes the recommendation young; the very first one is not a rise.
  const rose = recommendedMem !== null && neededMemBytes > recommendedMem.bytes;
  const since = rose ? run.at : (recommendedMem?.since ?? null);
  run.update({ recommendedMem: { bytes: neededMemBytes, since } });
};

/** The first decision since the start, and it is the size of before. */
const isKept = ({ domain, context }: EngineStep, desired: Size): boolean =>
  domain.decided === null && context.desired !== null && sameSize(context.desired, desired);

/** Emits the size when it is the first since the start or another one. */
const sayDecided = (run: EngineStep, { desired, because }: DesiredSize): void => {
  const { decided, recommendation } = run.domain;
  if (recommendation === null || (decided !== null && sameSize(decided, desired))) return;
  const kept = isKept(run, desired) ? ['as before the restart'] : [];
  run.update({ decided: desired });
  const reason = [run.policy.explain(recommendation), ...because, ...kept].join('; ');
  run.emit({ type: 'size.decided', desired, reason, parts: recommendation.parts });
};

const isNews = ({ context }: EngineStep, { desired, capped, retaining, withheld }: DesiredSize): boolean =>
  context.desired === null ||
  !sameSize(context.desired, desired) ||
  context.capped !== capped ||
  context.retaining !== retaining ||
  context.withheld !== withheld;

type DesiredChanged = Extract<StatechartEvent, { type: 'desired.changed' }>;

const desiredChanged = (
  run: EngineStep,
  { desired, capped, retaining, withheld }: DesiredSize,
  outlook: MemoryOutlook | null,
): Omit<DesiredChanged, 'urgent'> => {
  const shortage = { floor: shortageFloor(run), withinMs: withinMs(outlook) };
  return { type: 'desired.changed', desired, capped, retaining, withheld, ...shortage, at: run.at };
};

/** The agent shares its host by the floor that it was told last. */
const tellFloor = (run: EngineStep, outlook: MemoryOutlook | null): void => {
  const floor = shortageFloor(run);
  if (floor === null || !isFloorToTell(run.context, floor, run.config.sizing.unit, run.at)) return;
  run.dispatch({ type: 'floor.moved', floor, withinMs: withinMs(outlook), at: run.at });
};

/** Classifies memory and decides the size; emits what has changed. */
export const assess = (run: EngineStep): void => {
  const level = run.context.memory;
  const outlook = toOutlook(run.at, run.domain, run.context);
  dropExpiredFloors(run);
  if (outlook !== null) {
    judgeMemory(run, outlook);
    raiseFloor(run, outlook);
    nameLack(run, outlook);
  }
  protect(run, outlook);
  watchShrink(run);
  const { recommendation } = run.domain;
  if (recommendation === null) return;
  const wanted = desiredSize(run.config.sizing, recommendation, run.context, run.at, isWindowFull(run));
  rememberNeed(run, wanted);
  // Nothing is known yet: no decision is better than a made-up one.
  if (recommendation.cpu === null && recommendation.memBytes === null && run.domain.decided === null) return;
  sayDecided(run, wanted);
  // A shortage makes the request urgent even if it stays the same.
  const urgent = level !== 'critical' && run.context.memory === 'critical';
  if (urgent || isNews(run, wanted)) run.dispatch({ ...desiredChanged(run, wanted, outlook), urgent });
  tellFloor(run, outlook);
};
