/** What `vm-monitor status` is told, taken from the engine's state at this moment. */
import { hasStoppedShort } from '../../../machines/monitor/statechart/request';
import { effectiveRules } from '../../../machines/monitor/engine/desired';
import type { Engine } from '../../../machines/monitor/engine/engine';
import { seenSize, toOutlook } from '../../../machines/monitor/engine/observe';
import type { EngineState } from '../../../machines/monitor/engine/state';
import type { SourceName } from '../../../machines/monitor/events/readings';
import { marginFor, marginTotal, useBytes } from '../../../machines/monitor/memory/use';
import { unitsDown } from '../../../machines/shared/sizing';
import { BUILD_ID } from '../../shared/build-id';
import type { StatusReport } from '../status/report';
import { flatRegions, whyNotLarger, whyNotSmaller, type FloorFacts } from '../status/words';

/** What the state does not know. */
export interface StatusFacts {
  readonly engine: Engine;
  readonly at: number;
  /** The same moment as ISO 8601, UTC. */
  readonly wallClock: string;
  readonly address: string;
  readonly cgroup: string | null;
  /** The last decision's sentence. */
  readonly reason: string | null;
  readonly missing: ReadonlySet<SourceName>;
  /** What a monitor before has left and cannot be undone yet, and why; null: nothing. */
  readonly notUndone: string | null;
}

/** Without these the need or the floor is a guess. */
const NEEDED_SIGNALS: readonly SourceName[] = ['proc.meminfo', 'proc.stat'];

const nextSmallerBytes = ({ engine }: StatusFacts, { chart }: EngineState): number => {
  const { unit } = engine.config.sizing;
  return Math.max(0, unitsDown(chart.context.granted?.mem ?? 0, unit.mem) - 1) * unit.mem;
};

const floorFacts = ({ domain }: EngineState, sizeBytes: number): FloorFacts | null => {
  const use = useBytes(domain.readings);
  if (use === null) return null;
  const margin = marginFor(domain.readings, sizeBytes, domain.growth.bytesPerS, domain.latency.down.small.ms);
  const sharedBytes = domain.readings.cgroup?.shmemBytes ?? domain.readings.memory?.shmemBytes ?? 0;
  return { useBytes: use, sharedBytes, marginBytes: marginTotal(margin) };
};

const smaller = (facts: StatusFacts, state: EngineState): string => {
  const { domain, chart } = state;
  const sizeBytes = nextSmallerBytes(facts, state);
  return whyNotSmaller({
    wished: chart.context.desired,
    granted: chart.context.granted,
    smallest: facts.engine.config.sizing.min,
    missingSignals: NEEDED_SIGNALS.filter((name) => facts.missing.has(name)),
    windowsFull: !chart.context.holding,
    floor: floorFacts(state, sizeBytes),
    smallerUsableBytes: Math.max(0, sizeBytes - (domain.bootReserveBytes ?? 0)),
  });
};

const largerThan = ({ engine }: StatusFacts, { chart: { context } }: EngineState): string =>
  whyNotLarger({
    wished: context.desired,
    granted: context.granted,
    largest: effectiveRules(engine.config.sizing, context).max,
    capped: context.capped,
    stoppedShort: hasStoppedShort(context),
    denial: context.denial,
    agentConnected: context.conn !== null,
  });

const memoryPart = ({ at }: StatusFacts, { domain, chart }: EngineState): StatusReport['memory'] => {
  const outlook = toOutlook(at, domain, chart.context);
  const exhaustionMs = outlook?.exhaustionMs ?? Infinity;
  return {
    verdict: domain.verdict.verdict,
    runwayBytes: outlook?.runwayBytes ?? null,
    exhaustionMs: Number.isFinite(exhaustionMs) ? Math.round(exhaustionMs) : null,
  };
};

export const statusReport = (facts: StatusFacts, state: EngineState): StatusReport => {
  const { chart, domain } = state;
  const { desired, granted, fileCache, tripwire, limits } = chart.context;
  return {
    at: facts.at,
    wallClock: facts.wallClock,
    build: BUILD_ID,
    address: facts.address,
    cgroup: facts.cgroup,
    size: { wished: desired, granted, seen: seenSize(domain) },
    reason: facts.reason,
    whyNotSmaller: smaller(facts, state),
    whyNotLarger: largerThan(facts, state),
    memory: memoryPart(facts, state),
    regions: flatRegions(chart.value),
    fileCache: { sizeBytes: fileCache.sizeBytes, lastFailure: fileCache.lastFailure },
    limits: { tripwireBytes: tripwire.armedBytes, hardLimitBytes: limits.appliedBytes },
    notUndone: facts.notUndone,
    missing: [...facts.missing],
    grants: domain.latency,
    ledger: domain.ledger,
  };
};
