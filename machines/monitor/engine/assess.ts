/** From the latest readings and need to verdicts: is memory short, and which size is desired? */
import type { ChartEvent } from '../statechart/events';
import { sameSize, toWholeUnits } from '../../shared/sizing';
import { LARGEST_SIZE, type Size } from '../../shared/events/size';
import { exhaustionMs } from '../memory/runway';
import { trueUseBytes } from '../memory/hot-unplug';
import { marginFor, marginTotal, useBytes } from '../memory/use';
import { endsTooSoon, nextVerdict, type MemoryOutlook, type Verdict } from '../memory/pressure-level';
import { regretted } from '../protection/stats';
import { MIB, MINUTE_MS } from '../../shared/units';
import { desire, type Desire } from './desired';
import { grantUpMs, isReportedNow, toOutlook } from './observe';
import { protect } from './protect';
import type { Run } from './run';
import type { Floor } from './state';

/** What a breach asked for is not given up again before this long after it. */
const FLOOR_HOLD_MS = MINUTE_MS;
/** A grant that takes so many times as long as expected may never arrive. */
const OVERDUE_GRANTS = 2;
/** Kept free in the smaller size while a shrink is under way. */
const SHRINK_RESERVE_BYTES = 64 * MIB;
/** A time to exhaustion beyond this is no news to the agent. */
const WITHIN_MOST_MS = MINUTE_MS;

const VERDICT_EVENT: Record<Exclude<Verdict, 'breached'>, 'memory.calmed' | 'memory.watched'> = {
  calm: 'memory.calmed',
  watchful: 'memory.watched',
};

/** Below this size Postgres is in danger: use, its margin and what the kernel keeps, in whole units. */
const dangerFloor = (run: Run): Size | null => {
  const { readings, growth, bootReserveBytes } = run.domain;
  const use = useBytes(readings);
  if (use === null) return null;
  const margin = marginTotal(marginFor(readings, use, growth.bytesPerS, grantUpMs(run.domain, run.context)));
  return toWholeUnits(run.config.sizing, { cpu: 0, mem: use + margin + (bootReserveBytes ?? 0) });
};

const withinMs = (outlook: MemoryOutlook | null): number | null =>
  outlook === null || outlook.exhaustionMs > WITHIN_MOST_MS ? null : Math.round(outlook.exhaustionMs);

/** Tells the chart when the memory verdict has changed. */
const judgeMemory = (run: Run, outlook: MemoryOutlook): void => {
  const before = run.domain.verdict;
  const after = nextVerdict(before, run.at, outlook);
  if (after !== before) run.note({ verdict: after });
  if (after.verdict === before.verdict) return;
  if (after.verdict === 'breached') {
    run.tell({ type: 'memory.breached', floor: dangerFloor(run), withinMs: withinMs(outlook), at: run.at });
  } else {
    run.tell({ type: VERDICT_EVENT[after.verdict], at: run.at });
  }
};

/** What was granted is not there yet, and not overdue: it is not to be asked for once more. */
const isOnItsWay = ({ at, domain, context }: Run): boolean => {
  const { timedAsk } = domain;
  if (timedAsk === null || timedAsk.direction !== 'up' || !timedAsk.acknowledged) return false;
  return at - timedAsk.at < OVERDUE_GRANTS * grantUpMs(domain, context);
};

/** Growth that uses up a grant before the next can come: while a breach lasts, it is not waited for the next one. */
const OUTRUNS_GRANTS = 2;

/**
 * The sample itself must show the lack: the verdict outlives a breach by a second, and a report of the kernel the size
 * that it was about.
 */
const isShortNow = ({ at, domain }: Run, outlook: MemoryOutlook): boolean =>
  endsTooSoon(outlook, domain.verdict.verdict === 'breached' ? OUTRUNS_GRANTS : 1) || isReportedNow(at, domain);

/** A breach asks for one unit more than is granted, and for another when that did not help. */
const raiseBreachFloor = (run: Run, outlook: MemoryOutlook): void => {
  const { granted } = run.context;
  if (!isShortNow(run, outlook) || granted === null || isOnItsWay(run)) return;
  const old = run.domain.breachFloor;
  const mem = Math.min(LARGEST_SIZE.mem, Math.max(old?.size.mem ?? 0, granted.mem + run.config.sizing.unit.mem));
  run.note({ breachFloor: { size: { cpu: 0, mem }, until: run.at + FLOOR_HOLD_MS } });
};

/** Use will pass the end of the size that is being shrunk to, before a grant could turn it round. */
const growsIntoShrink = (run: Run, to: Size): boolean => {
  const { readings, growth, bootReserveBytes, leaving } = run.domain;
  const use = trueUseBytes(readings, leaving);
  if (use === null) return false;
  const runway = to.mem - (bootReserveBytes ?? 0) - use - SHRINK_RESERVE_BYTES;
  return exhaustionMs(runway, growth.bytesPerS) <= grantUpMs(run.domain, run.context);
};

const watchShrink = (run: Run): void => {
  const { shrink } = run.context;
  if (shrink === null || !growsIntoShrink(run, shrink.to)) return;
  // Said on each beat of the same shrink, regretted once.
  if (run.domain.shrinkFloor === null) run.note({ ledger: regretted(run.domain.ledger) });
  run.note({ shrinkFloor: { size: shrink.from, until: run.at + FLOOR_HOLD_MS } });
};

/** A floor whose time is over is forgotten, so that the state does not carry it for ever. */
const expired = (floor: Floor | null, at: number): boolean => floor !== null && at >= floor.until;

const dropExpiredFloors = (run: Run): void => {
  if (expired(run.domain.breachFloor, run.at)) run.note({ breachFloor: null });
  if (expired(run.domain.shrinkFloor, run.at)) run.note({ shrinkFloor: null });
};

const isWindowFull = ({ domain, policy, at }: Run): boolean =>
  domain.coveredSince !== null && at - domain.coveredSince >= policy.longestWindowMs;

const rememberNeed = (run: Run, { neededMemBytes }: Desire): void => {
  const { neededMem } = run.domain;
  if (neededMemBytes === null || neededMemBytes === neededMem?.bytes) return;
  // Only a rise makes the need young; the very first need is not a rise.
  const rose = neededMem !== null && neededMemBytes > neededMem.bytes;
  const since = rose ? run.at : (neededMem?.since ?? null);
  run.note({ neededMem: { bytes: neededMemBytes, since } });
};

/** The first decision since the start, and it is the wish of before. */
const isKept = ({ domain, context }: Run, desired: Size): boolean =>
  domain.decided === null && context.desired !== null && sameSize(context.desired, desired);

/** Says the size when it is the first since the start or another one. */
const sayDecided = (run: Run, { desired, because }: Desire): void => {
  const { decided, need } = run.domain;
  if (need === null || (decided !== null && sameSize(decided, desired))) return;
  const kept = isKept(run, desired) ? ['as before the restart'] : [];
  run.note({ decided: desired });
  const reason = [run.policy.explain(need), ...because, ...kept].join('; ');
  run.say({ type: 'size.decided', desired, reason, parts: need.parts });
};

const isNews = ({ context }: Run, { desired, capped, holding, withheld }: Desire): boolean =>
  context.desired === null ||
  !sameSize(context.desired, desired) ||
  context.capped !== capped ||
  context.holding !== holding ||
  context.withheld !== withheld;

type DesiredChanged = Extract<ChartEvent, { type: 'desired.changed' }>;

const desiredChanged = (
  run: Run,
  { desired, capped, holding, withheld }: Desire,
  outlook: MemoryOutlook | null,
): Omit<DesiredChanged, 'urgent'> => {
  const danger = { floor: dangerFloor(run), withinMs: withinMs(outlook) };
  return { type: 'desired.changed', desired, capped, holding, withheld, ...danger, at: run.at };
};

/** Judges memory and decides the size; says what has changed. */
export const assess = (run: Run): void => {
  const { verdict } = run.domain.verdict;
  const outlook = toOutlook(run.at, run.domain, run.context);
  dropExpiredFloors(run);
  if (outlook !== null) {
    judgeMemory(run, outlook);
    raiseBreachFloor(run, outlook);
  }
  protect(run, outlook);
  watchShrink(run);
  const { need } = run.domain;
  if (need === null) return;
  const wanted = desire(run.config.sizing, need, run.domain, run.context, run.at, isWindowFull(run));
  rememberNeed(run, wanted);
  // Nothing is known yet: no decision is better than a made-up one.
  if (need.cpu === null && need.memBytes === null && run.domain.decided === null) return;
  sayDecided(run, wanted);
  // A breach makes the wish urgent even if it stays the same.
  const urgent = verdict !== 'breached' && run.domain.verdict.verdict === 'breached';
  if (urgent || isNews(run, wanted)) run.tell({ ...desiredChanged(run, wanted, outlook), urgent });
};
