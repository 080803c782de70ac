/** Why the size is as it is, taken from the state of the core. */
import { effectiveRules } from '../engine/desired';
import { expectedMs } from '../engine/grant-latency';
import type { EngineConfig, EngineState } from '../engine/state';
import type { SourceName } from '../events/readings';
import { marginFor, marginTotal, useBytes } from '../memory/use';
import { unitsDown } from '../../shared/sizing';
import { SECOND_MS } from '../../shared/units';
import { hasStoppedShort } from '../statechart/request';
import type { StatusNotes } from './notes';
import { UNDECIDED, whyNotLarger, whyNotSmaller, type FloorFacts } from './words';

export interface Explanation {
  /** The last decision's sentence. */
  readonly why: string;
  readonly whyNotSmaller: string;
  readonly whyNotLarger: string;
}

/** Without these the recommendation or the floor is a guess. */
const NEEDED_SIGNALS: readonly SourceName[] = ['proc.meminfo', 'proc.stat'];

const nextSmallerBytes = ({ sizing: { unit } }: EngineConfig, { statechart }: EngineState): number =>
  Math.max(0, unitsDown(statechart.context.granted?.mem ?? 0, unit.mem) - 1) * unit.mem;

const floorFacts = ({ domain }: EngineState, sizeBytes: number): FloorFacts | null => {
  const use = useBytes(domain.readings);
  if (use === null) return null;
  const growthBytes = (domain.growth.bytesPerS * expectedMs(domain.latency, 'down', 0)) / SECOND_MS;
  const margin = marginFor(domain.readings, domain.refaulted?.bytes ?? 0, sizeBytes, growthBytes);
  const sharedBytes = domain.readings.cgroup?.shmemBytes ?? domain.readings.memory?.shmemBytes ?? 0;
  return { useBytes: use, sharedBytes, marginBytes: marginTotal(margin) };
};

const smaller = (config: EngineConfig, state: EngineState, missing: readonly SourceName[]): string => {
  const { domain, statechart } = state;
  const sizeBytes = nextSmallerBytes(config, state);
  return whyNotSmaller({
    desired: statechart.context.desired,
    granted: statechart.context.granted,
    smallest: config.sizing.min,
    missingSignals: NEEDED_SIGNALS.filter((name) => missing.includes(name)),
    windowsFull: !statechart.context.retaining,
    floor: floorFacts(state, sizeBytes),
    smallerUsableBytes: Math.max(0, sizeBytes - (domain.bootReserveBytes ?? 0)),
  });
};

const largerThan = ({ sizing }: EngineConfig, { statechart: { context } }: EngineState): string =>
  whyNotLarger({
    desired: context.desired,
    granted: context.granted,
    largest: effectiveRules(sizing, context).max,
    capped: context.capped,
    stoppedShort: hasStoppedShort(context),
    denial: context.denial,
    agentConnected: context.conn !== null,
    lack: context.lack,
  });

export const explainSize = (
  config: EngineConfig,
  state: EngineState,
  { reason, missing }: StatusNotes,
): Explanation => ({
  why: reason ?? UNDECIDED,
  whyNotSmaller: smaller(config, state, missing),
  whyNotLarger: largerThan(config, state),
});
