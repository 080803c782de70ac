/** From the outlook to what protection wants: the tripwire, the hard limit, and how far it escalates. */
import type { MonitorContext } from '../statechart/context';
import { isFinal } from '../statechart/request';
import type { InputEvent } from '../events/inputs';
import type { CgroupReading } from '../events/readings';
import { isCurable } from '../memory/runway';
import type { MemoryOutlook } from '../memory/pressure-level';
import { NO_ESCALATION, nextEscalation, type EscalationInputs } from '../protection/escalation';
import { hardLimitTarget, isChangeWorthwhile } from '../protection/hard-limit';
import { accountFor } from '../protection/stats';
import { isMoveWorthwhile, tripwireTarget } from '../protection/tripwire';
import { grantUpMs } from './observe';
import type { EngineStep } from './run';

/** How long until a grant can be expected; Infinity when none is on its way. */
const grantDueMs = ({ at, domain, context }: EngineStep): number => {
  const { requesting, conn, denial, lastRequestedAt } = context;
  if (conn === null || requesting === null || lastRequestedAt === null || denial !== null) return Infinity;
  const dueMs = requesting.since + grantUpMs(domain, context) - at;
  // Overdue: it may come at any moment, or never.
  return dueMs > 0 ? dueMs : Infinity;
};

const escalationInputs = (run: EngineStep, { shortest }: MemoryOutlook): EscalationInputs => ({
  shortest,
  growthBytesPerS: run.domain.growth.bytesPerS,
  sharedGrowthBytesPerS: run.domain.sharedGrowth.bytesPerS,
  grantDueMs: isCurable(shortest.term) ? grantDueMs(run) : Infinity,
  isFinal: isFinal(run.context) || !isCurable(shortest.term),
  isThrottled: run.context.throttle.since !== null,
});

const judgeEscalation = (run: EngineStep, outlook: MemoryOutlook | null): void => {
  const before = { level: run.context.escalation, reliefBytes: run.domain.reliefBytes };
  const after = outlook === null ? NO_ESCALATION : nextEscalation(before, escalationInputs(run, outlook));
  if (after.reliefBytes !== before.reliefBytes) run.update({ reliefBytes: after.reliefBytes });
  if (after.level !== before.level) run.dispatch({ type: 'escalation.changed', level: after.level, at: run.at });
};

const wireTarget = (run: EngineStep, cgroup: CgroupReading, outlook: MemoryOutlook): number | null =>
  tripwireTarget({
    currentBytes: cgroup.currentBytes,
    growthBytesPerS: run.domain.growth.bytesPerS,
    runwayBytes: outlook.shortest.bytes,
    exhaustionMs: outlook.exhaustionMs,
    grantUpMs: outlook.grantUpMs,
    level: run.context.memory,
    standingBytes: run.context.tripwire.armedBytes,
  });

/** The notification's own sample comes at once, and memory.high.reached right behind it; a coalesced one 10 ms later. */
const TRIP_JUDGED_MS = 50;

/** Whether the trip was a shortage or cache will be known with the next sample: until then a wire would be armed only to be lifted. */
const isJudgingTrip = ({ at, domain: { trippedAt } }: EngineStep): boolean =>
  trippedAt !== null && at - trippedAt < TRIP_JUDGED_MS;

/** A wire that stands is there to be run into, and moves only by much; a value that waits is kept up to date. */
const isWireNews = ({ tripwire }: MonitorContext, target: number | null, cgroup: CgroupReading | null): boolean => {
  const { wantedBytes, armedBytes } = tripwire;
  if (cgroup === null || wantedBytes !== armedBytes) return wantedBytes !== target;
  return isMoveWorthwhile(wantedBytes, target, cgroup.currentBytes);
};

/** What cannot be seen is not limited: a limit that nobody watches could box Postgres in. */
const limitCgroup = (run: EngineStep, outlook: MemoryOutlook | null): void => {
  const { config, limits } = run.context;
  if (config.protect === 'observe') return;
  const cgroup = outlook === null ? null : (run.domain.readings.cgroup ?? null);
  const isBlind = cgroup === null || outlook === null;
  const highBytes = isBlind || isJudgingTrip(run) ? null : wireTarget(run, cgroup, outlook);
  if (isWireNews(run.context, highBytes, cgroup)) run.dispatch({ type: 'tripwire.wanted', highBytes, at: run.at });
  if (!config.hardLimit) return;
  const hardLimitBytes = isBlind ? null : hardLimitTarget(cgroup, outlook.shortest.bytes);
  if (!isChangeWorthwhile(limits.wantedBytes, hardLimitBytes)) return;
  run.dispatch({ type: 'limits.wanted', hardLimitBytes, at: run.at });
};

/** After memory was classified on a sample; null: it could not be read. */
export const protect = (run: EngineStep, outlook: MemoryOutlook | null): void => {
  judgeEscalation(run, outlook);
  limitCgroup(run, outlook);
};

/** A limit stands that can cost page cache. */
const isLimited = ({ tripwire, throttle }: MonitorContext): boolean =>
  tripwire.armedBytes !== null || throttle.since !== null;

/** The first sample after a limit was lifted shows how much page cache it has cost. */
const chargeCache = (run: EngineStep): void => {
  const { stats, readings, fileBytesAtLimit } = run.domain;
  if (fileBytesAtLimit === null) return;
  const dropped = Math.max(0, fileBytesAtLimit - (readings.cgroup?.fileBytes ?? fileBytesAtLimit));
  const cacheDroppedBytes = stats.cacheDroppedBytes + dropped;
  run.update({ fileBytesAtLimit: null, stats: { ...stats, cacheDroppedBytes } });
};

/** Enters what the event cost into the protection stats, after it went through the statechart. */
export const updateStats = (run: EngineStep, before: MonitorContext, input: InputEvent): void => {
  const charged = accountFor(run.domain.stats, input);
  if (charged !== run.domain.stats) run.update({ stats: charged });
  if (isLimited(before)) return;
  if (input.type === 'sample.taken') chargeCache(run);
  if (!isLimited(run.context) || run.domain.fileBytesAtLimit !== null) return;
  run.update({ fileBytesAtLimit: run.domain.readings.cgroup?.fileBytes ?? null });
};
