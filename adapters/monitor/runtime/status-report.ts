/** What `vm-monitor status` gets, taken from the engine's state at this moment. */
import { hasStoppedShort } from '../../../machines/monitor/statechart/request';
import { effectiveRules } from '../../../machines/monitor/engine/desired';
import type { Engine } from '../../../machines/monitor/engine/engine';
import { observedSize, toOutlook } from '../../../machines/monitor/engine/observe';
import type { EngineState } from '../../../machines/monitor/engine/state';
import type { SourceName } from '../../../machines/monitor/events/readings';
import { marginFor, marginTotal, useBytes } from '../../../machines/monitor/memory/use';
import { unitsDown } from '../../../machines/shared/sizing';
import { BUILD_ID } from '../../shared/build-id';
import type { StatusReport } from '../status/report';
import { flatRegions, whyNotLarger, whyNotSmaller, type FloorFacts } from '../status/words';

type KnownBeside = 'at' | 'wallClock' | 'address' | 'cgroup' | 'reason' | 'notUndone';

/** What the state does not know. */
export interface StatusFacts extends Pick<StatusReport, KnownBeside> {
  readonly engine: Engine;
  readonly missing: ReadonlySet<SourceName>;
}

/** Without these the recommendation or the floor is a guess. */
const NEEDED_SIGNALS: readonly SourceName[] = ['proc.meminfo', 'proc.stat'];

const nextSmallerBytes = ({ engine }: StatusFacts, { statechart }: EngineState): number => {
  const { unit } = engine.config.sizing;
  return Math.max(0, unitsDown(statechart.context.granted?.mem ?? 0, unit.mem) - 1) * unit.mem;
};

const floorFacts = ({ domain }: EngineState, sizeBytes: number): FloorFacts | null => {
  const use = useBytes(domain.readings);
  if (use === null) return null;
  const margin = marginFor(domain.readings, sizeBytes, domain.growth.bytesPerS, domain.latency.down.small.ms);
  const sharedBytes = domain.readings.cgroup?.shmemBytes ?? domain.readings.memory?.shmemBytes ?? 0;
  return { useBytes: use, sharedBytes, marginBytes: marginTotal(margin) };
};

const smaller = (facts: StatusFacts, state: EngineState): string => {
  const { domain, statechart } = state;
  const sizeBytes = nextSmallerBytes(facts, state);
  return whyNotSmaller({
    desired: statechart.context.desired,
    granted: statechart.context.granted,
    smallest: facts.engine.config.sizing.min,
    missingSignals: NEEDED_SIGNALS.filter((name) => facts.missing.has(name)),
    windowsFull: !statechart.context.retaining,
    floor: floorFacts(state, sizeBytes),
    smallerUsableBytes: Math.max(0, sizeBytes - (domain.bootReserveBytes ?? 0)),
  });
};

const largerThan = ({ engine }: StatusFacts, { statechart: { context } }: EngineState): string =>
  whyNotLarger({
    desired: context.desired,
    granted: context.granted,
    largest: effectiveRules(engine.config.sizing, context).max,
    capped: context.capped,
    stoppedShort: hasStoppedShort(context),
    denial: context.denial,
    agentConnected: context.conn !== null,
  });

const memoryPart = ({ at }: StatusFacts, { domain, statechart }: EngineState): StatusReport['memory'] => {
  const outlook = toOutlook(at, domain, statechart.context);
  const exhaustionMs = outlook?.exhaustionMs ?? Infinity;
  return {
    pressureLevel: domain.pressure.level,
    runwayBytes: outlook?.runwayBytes ?? null,
    exhaustionMs: Number.isFinite(exhaustionMs) ? Math.round(exhaustionMs) : null,
  };
};

export const statusReport = (facts: StatusFacts, state: EngineState): StatusReport => {
  const { statechart, domain } = state;
  const { desired, granted, fileCache, tripwire, limits } = statechart.context;
  return {
    at: facts.at,
    wallClock: facts.wallClock,
    build: BUILD_ID,
    address: facts.address,
    cgroup: facts.cgroup,
    size: { desired, granted, observed: observedSize(domain) },
    reason: facts.reason,
    whyNotSmaller: smaller(facts, state),
    whyNotLarger: largerThan(facts, state),
    memory: memoryPart(facts, state),
    regions: flatRegions(statechart.value),
    fileCache: { sizeBytes: fileCache.sizeBytes, lastFailure: fileCache.lastFailure },
    limits: { tripwireBytes: tripwire.armedBytes, hardLimitBytes: limits.appliedBytes },
    notUndone: facts.notUndone,
    missing: [...facts.missing],
    grants: domain.latency,
    protection: domain.stats,
  };
};
