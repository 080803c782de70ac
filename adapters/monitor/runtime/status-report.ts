/** What `vm-monitor status` gets, taken from the engine's state at this moment. */
import type { Engine } from '../../../machines/monitor/engine/engine';
import { observedSize, toOutlook } from '../../../machines/monitor/engine/observe';
import type { EngineState } from '../../../machines/monitor/engine/state';
import { BUILD_ID } from '../../../machines/shared/build-id';
import type { StatusReport } from '../status/report';
import { explainSize } from '../../../machines/monitor/status/explain';
import type { StatusNotes } from '../../../machines/monitor/status/notes';
import { flatRegions } from '../../../machines/monitor/status/words';

type KnownBeside = 'at' | 'wallClock' | 'address' | 'cgroup' | 'notUndone';

/** What the state does not know. */
export interface StatusFacts extends StatusNotes, Pick<StatusReport, KnownBeside> {
  readonly engine: Engine;
}

const memoryPart = ({ at }: StatusFacts, { domain, statechart }: EngineState): StatusReport['memory'] => {
  const outlook = toOutlook(at, domain, statechart.context);
  const exhaustionMs = outlook?.exhaustionMs ?? Infinity;
  return {
    pressureLevel: statechart.context.memory,
    runwayBytes: outlook?.shortest.bytes ?? null,
    exhaustionMs: Number.isFinite(exhaustionMs) ? Math.round(exhaustionMs) : null,
    lack: statechart.context.lack,
  };
};

export const statusReport = (facts: StatusFacts, state: EngineState): StatusReport => {
  const { statechart, domain } = state;
  const { desired, granted, fileCache, tripwire, limits } = statechart.context;
  const explained = explainSize(facts.engine.config, state, facts);
  return {
    at: facts.at,
    wallClock: facts.wallClock,
    build: BUILD_ID,
    address: facts.address,
    cgroup: facts.cgroup,
    size: { desired, granted, observed: observedSize(domain) },
    reason: facts.reason,
    whyNotSmaller: explained.whyNotSmaller,
    whyNotLarger: explained.whyNotLarger,
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
