/** What the monitor thinks right now, for embedders and the live view: plain data. */
import { beatMs } from '../../../machines/monitor/engine/pace';
import { grantUpMs, seenSize } from '../../../machines/monitor/engine/observe';
import type { EngineState } from '../../../machines/monitor/engine/state';
import type { Size } from '../../../machines/shared/events/size';
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
  readonly seen: Size | null;
  /** Why the agent refused the present wish; null when it did not. */
  readonly denial: string | null;
  readonly memory: 'calm' | 'watchful' | 'breached';
  /** Learned time that a grant takes. */
  readonly grantUpMs: number;
  readonly beatMs: number;
  /** Sources that cannot be read at present. */
  readonly missing: readonly SourceName[];
}

export const snapshotOf = (
  at: number,
  { chart, domain }: EngineState,
  reason: string | null,
  missing: ReadonlySet<SourceName>,
): Snapshot => ({
  at,
  regions: chart.value,
  desired: chart.context.desired,
  reason,
  granted: chart.context.granted,
  seen: seenSize(domain),
  denial: chart.context.denial,
  memory: domain.verdict.verdict,
  grantUpMs: grantUpMs(domain, chart.context),
  beatMs: beatMs({ chart, domain }, at),
  missing: [...missing],
});
