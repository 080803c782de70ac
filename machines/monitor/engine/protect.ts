/** From the outlook to what protection wants: the tripwire, the hard limit, and how near the danger is. */
import type { ChartContext } from '../statechart/context';
import { isFinal } from '../statechart/request';
import type { InputEvent } from '../events/inputs';
import type { CgroupReading } from '../events/readings';
import { reserveBytes } from '../memory/runway';
import type { MemoryOutlook } from '../memory/pressure-level';
import { NO_DANGER, nextDanger, type DangerInputs } from '../protection/escalation';
import { hardLimitTarget, isChangeWorthwhile } from '../protection/hard-limit';
import { accountFor } from '../protection/stats';
import { isMoveWorthwhile, tripwireTarget } from '../protection/tripwire';
import { grantUpMs } from './observe';
import type { Run } from './run';

/** How long until a grant can be expected; Infinity when none is on its way. */
const grantDueMs = ({ at, domain, context }: Run): number => {
  const { asking, conn, denial, lastAskedAt } = context;
  if (conn === null || asking === null || lastAskedAt === null || denial !== null) return Infinity;
  const dueMs = asking.since + grantUpMs(domain, context) - at;
  // Overdue: it may come at any moment, or never.
  return dueMs > 0 ? dueMs : Infinity;
};

const dangerInputs = (run: Run, { runwayBytes, sizeBytes, exhaustionMs }: MemoryOutlook): DangerInputs => ({
  runwayBytes,
  sizeBytes,
  exhaustionMs,
  reserveBytes: reserveBytes(sizeBytes),
  growthBytesPerS: run.domain.growth.bytesPerS,
  sharedGrowthBytesPerS: run.domain.sharedGrowth.bytesPerS,
  grantDueMs: grantDueMs(run),
  isFinal: isFinal(run.context),
  isHeld: run.context.hold.since !== null,
});

const judgeDanger = (run: Run, outlook: MemoryOutlook | null): void => {
  const before = run.domain.danger;
  const after = outlook === null ? NO_DANGER : nextDanger(before, dangerInputs(run, outlook));
  if (after !== before) run.note({ danger: after });
  if (after.danger !== before.danger) run.tell({ type: 'danger.changed', danger: after.danger, at: run.at });
};

const wireTarget = (run: Run, cgroup: CgroupReading, outlook: MemoryOutlook): number | null =>
  tripwireTarget({
    currentBytes: cgroup.currentBytes,
    growthBytesPerS: run.domain.growth.bytesPerS,
    runwayBytes: outlook.runwayBytes,
    exhaustionMs: outlook.exhaustionMs,
    grantUpMs: outlook.grantUpMs,
    verdict: run.domain.verdict.verdict,
    standingBytes: run.context.tripwire.armedBytes,
  });

/** The notification's own beat comes at once, and memory.high.reached right behind it; a coalesced one 10 ms later. */
const TRIP_JUDGED_MS = 50;

/** Whether the trip was need or cache is about to be said: until then a wire would be armed only to be lifted. */
const isJudgingTrip = ({ at, domain: { trippedAt } }: Run): boolean =>
  trippedAt !== null && at - trippedAt < TRIP_JUDGED_MS;

/** A wire that stands is there to be run into, and moves only by much; a wish that waits is kept up to date. */
const isWireNews = ({ tripwire }: ChartContext, target: number | null, cgroup: CgroupReading | null): boolean => {
  const { wantedBytes, armedBytes } = tripwire;
  if (cgroup === null || wantedBytes !== armedBytes) return wantedBytes !== target;
  return isMoveWorthwhile(wantedBytes, target, cgroup.currentBytes);
};

/** What cannot be seen is not limited: a limit that nobody watches could box Postgres in. */
const limitCgroup = (run: Run, outlook: MemoryOutlook | null): void => {
  const { config, limits } = run.context;
  if (config.protect === 'observe') return;
  const cgroup = outlook === null ? null : (run.domain.readings.cgroup ?? null);
  const isBlind = cgroup === null || outlook === null;
  const highBytes = isBlind || isJudgingTrip(run) ? null : wireTarget(run, cgroup, outlook);
  if (isWireNews(run.context, highBytes, cgroup)) run.tell({ type: 'tripwire.wanted', highBytes, at: run.at });
  if (!config.hardLimit) return;
  const hardLimitBytes = isBlind ? null : hardLimitTarget(cgroup, outlook.runwayBytes);
  if (!isChangeWorthwhile(limits.wantedBytes, hardLimitBytes)) return;
  run.tell({ type: 'limits.wanted', hardLimitBytes, at: run.at });
};

/** After memory was judged on a beat; null: it could not be read. */
export const protect = (run: Run, outlook: MemoryOutlook | null): void => {
  judgeDanger(run, outlook);
  limitCgroup(run, outlook);
};

/** A limit stands that can cost page cache. */
const isLimited = ({ tripwire, hold }: ChartContext): boolean => tripwire.armedBytes !== null || hold.since !== null;

/** The first beat after a limit was lifted shows how much page cache it has cost. */
const chargeCache = (run: Run): void => {
  const { ledger, readings, fileBytesAtLimit } = run.domain;
  if (fileBytesAtLimit === null) return;
  const dropped = Math.max(0, fileBytesAtLimit - (readings.cgroup?.fileBytes ?? fileBytesAtLimit));
  const cacheDroppedBytes = ledger.cacheDroppedBytes + dropped;
  run.note({ fileBytesAtLimit: null, ledger: { ...ledger, cacheDroppedBytes } });
};

/** Enters what the event cost into the ledger, after it went through the chart. */
export const keepLedger = (run: Run, before: ChartContext, input: InputEvent): void => {
  const charged = accountFor(run.domain.ledger, input);
  if (charged !== run.domain.ledger) run.note({ ledger: charged });
  if (isLimited(before)) return;
  if (input.type === 'beat.sampled') chargeCache(run);
  if (!isLimited(run.context) || run.domain.fileBytesAtLimit !== null) return;
  run.note({ fileBytesAtLimit: run.domain.readings.cgroup?.fileBytes ?? null });
};
