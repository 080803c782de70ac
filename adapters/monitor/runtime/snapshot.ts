/** What the monitor thinks right now, for embedders and the live view: plain data. */
import { samplingIntervalMs } from '../../../machines/monitor/engine/pace';
import { grantUpMs, observedSize } from '../../../machines/monitor/engine/observe';
import type { EngineState } from '../../../machines/monitor/engine/state';
import type { Size } from '../../../machines/shared/events/size';
import type { StatusNotes } from '../../../machines/monitor/status/notes';
import type { SourceName } from '../../../machines/monitor/events/readings';

export interface Snapshot {
  /** ms since the log began. */
  readonly at: number;
  /** The state of each region of the statechart. */
  readonly regions: Readonly<Record<string, unknown>>;
  readonly desired: Size | null;
  /** The last decision's sentence. */
  readonly reason: string | null;
  readonly granted: Size | null;
  readonly observed: Size | null;
  /** Why the agent refused the present request; null when it did not. */
  readonly denial: string | null;
  readonly memory: 'normal' | 'elevated' | 'critical';
  /** Learned time that a grant takes. */
  readonly grantUpMs: number;
  readonly samplingIntervalMs: number;
  /** Sources that cannot be read at present. */
  readonly missing: readonly SourceName[];
}

export const snapshotOf = (
  at: number,
  { statechart, domain }: EngineState,
  { reason, missing }: StatusNotes,
): Snapshot => ({
  at,
  regions: statechart.value,
  desired: statechart.context.desired,
  reason,
  granted: statechart.context.granted,
  observed: observedSize(domain),
  denial: statechart.context.denial,
  memory: statechart.context.memory,
  grantUpMs: grantUpMs(domain, statechart.context),
  samplingIntervalMs: samplingIntervalMs({ statechart, domain }, at),
  missing,
});
