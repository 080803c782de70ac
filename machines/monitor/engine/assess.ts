/** From the latest readings and recommendation: the pressure level of memory, and the desired size. */
import type { StatechartEvent } from '../statechart/events';
import { sameSize, toWholeUnits } from '../../shared/sizing';
import { LARGEST_SIZE, type Size } from '../../shared/events/size';
import { exhaustionMs } from '../memory/runway';
import { trueUseBytes } from '../memory/hot-unplug';
import { marginFor, marginTotal, useBytes } from '../memory/use';
import { endsTooSoon, nextPressureLevel, type MemoryOutlook, type PressureLevel } from '../memory/pressure-level';
import { withPrematureDownscale } from '../protection/stats';
import { MIB, MINUTE_MS } from '../../shared/units';
import { desiredSize, type DesiredSize } from './desired';
import { grantUpMs, isReportedNow, toOutlook } from './observe';
import { protect } from './protect';
import type { EngineStep } from './run';
import type { Floor } from './state';

/** What a shortage asked for is not given up again before this long after it. */
const FLOOR_HOLD_MS = MINUTE_MS;
/** A grant that takes so many times as long as expected may never arrive. */
const OVERDUE_GRANTS = 2;
/** Kept free in the smaller size while a shrink is under way. */
const SHRINK_RESERVE_BYTES = 64 * MIB;
/** A time to exhaustion beyond this is no news to the agent. */
const WITHIN_MOST_MS = MINUTE_MS;

const VERDICT_EVENT: Record<Exclude<PressureLevel, 'critical'>, 'pressure.normal' | 'pressure.elevated'> = {
  normal: 'pressure.normal',
  elevated: 'pressure.elevated',
};

/** Below this size Postgres is at risk: use, its margin and what the kernel keeps, in whole units. */
const shortageFloor = (run: EngineStep): Size | null => {
  const { readings, growth, bootReserveBytes } = run.domain;
  const use = useBytes(readings);
  if (use === null) return null;
  const margin = marginTotal(marginFor(readings, use, growth.bytesPerS, grantUpMs(run.domain, run.context)));
  return toWholeUnits(run.config.sizing, { cpu: 0, mem: use + margin + (bootReserveBytes ?? 0) });
};

const withinMs = (outlook: MemoryOutlook | null): number | null =>
  outlook === null || outlook.exhaustionMs > WITHIN_MOST_MS ? null : Math.round(outlook.exhaustionMs);

/** Sends the statechart an event when the pressure level has changed. */
const judgeMemory = (run: EngineStep, outlook: MemoryOutlook): void => {
  const before = run.domain.pressure;
  const after = nextPressureLevel(before, run.at, outlook);
  if (after !== before) run.update({ pressure: after });
  if (after.level === before.level) return;
  if (after.level === 'critical') {
    run.dispatch({ type: 'pressure.critical', floor: shortageFloor(run), withinMs: withinMs(outlook), at: run.at });
  } else {
    run.dispatch({ type: VERDICT_EVENT[after.level], at: run.at });
  }
};

/** What was granted is not there yet, and not overdue: it is not to be asked for once more. */
const isOnItsWay = ({ at, domain, context }: EngineStep): boolean => {
  const { timedRequest } = domain;
  if (timedRequest === null || timedRequest.direction !== 'up' || !timedRequest.acknowledged) return false;
  return at - timedRequest.at < OVERDUE_GRANTS * grantUpMs(domain, context);
};

/** Growth that uses up a grant before the next can come: while the shortage lasts, it is not waited for the next one. */
const OUTRUNS_GRANTS = 2;

/**
 * The sample itself must show the lack: the level stays critical for a second after a shortage, and a report of the kernel the size
 * that it was about.
 */
const isShortNow = ({ at, domain }: EngineStep, outlook: MemoryOutlook): boolean =>
  endsTooSoon(outlook, domain.pressure.level === 'critical' ? OUTRUNS_GRANTS : 1) || isReportedNow(at, domain);

/** A shortage asks for one unit more than is granted, and for another when that did not help. */
const raiseBreachFloor = (run: EngineStep, outlook: MemoryOutlook): void => {
  const { granted } = run.context;
  if (!isShortNow(run, outlook) || granted === null || isOnItsWay(run)) return;
  const old = run.domain.breachFloor;
  const mem = Math.min(LARGEST_SIZE.mem, Math.max(old?.size.mem ?? 0, granted.mem + run.config.sizing.unit.mem));
  run.update({ breachFloor: { size: { cpu: 0, mem }, until: run.at + FLOOR_HOLD_MS } });
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
  if (run.domain.shrinkFloor === null) run.update({ stats: withPrematureDownscale(run.domain.stats) });
  run.update({ shrinkFloor: { size: shrink.from, until: run.at + FLOOR_HOLD_MS } });
};

/** A floor whose time is over is forgotten, so that the state does not carry it for ever. */
const expired = (floor: Floor | null, at: number): boolean => floor !== null && at >= floor.until;

const dropExpiredFloors = (run: EngineStep): void => {
  if (expired(run.domain.breachFloor, run.at)) run.update({ breachFloor: null });
  if (expired(run.domain.shrinkFloor, run.at)) run.update({ shrinkFloor: null });
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

/** Classifies memory and decides the size; emits what has changed. */
export const assess = (run: EngineStep): void => {
  const { level } = run.domain.pressure;
  const outlook = toOutlook(run.at, run.domain, run.context);
  dropExpiredFloors(run);
  if (outlook !== null) {
    judgeMemory(run, outlook);
    raiseBreachFloor(run, outlook);
  }
  protect(run, outlook);
  watchShrink(run);
  const { recommendation } = run.domain;
  if (recommendation === null) return;
  const wanted = desiredSize(run.config.sizing, recommendation, run.domain, run.context, run.at, isWindowFull(run));
  rememberNeed(run, wanted);
  // Nothing is known yet: no decision is better than a made-up one.
  if (recommendation.cpu === null && recommendation.memBytes === null && run.domain.decided === null) return;
  sayDecided(run, wanted);
  // A shortage makes the request urgent even if it stays the same.
  const urgent = level !== 'critical' && run.domain.pressure.level === 'critical';
  if (urgent || isNews(run, wanted)) run.dispatch({ ...desiredChanged(run, wanted, outlook), urgent });
};
