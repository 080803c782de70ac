/** What metrics are made of: the state as it is at the moment of the scrape, and counts of what has happened. */
import type { Domain } from '../../../machines/monitor/engine/state';
import type { StatusReport } from '../status/report';
import type { SignalTotals } from './signal-totals';
import type { Counts } from './tally';

export interface LogHealth {
  /** Lines are being lost. */
  readonly broken: boolean;
  /** Of all its files; null when the disk does not say. */
  readonly bytes: number | null;
}

export interface MetricFacts {
  /** The same document that `vm-monitor status` shows. */
  readonly status: StatusReport;
  readonly domain: Domain;
  readonly samplingIntervalMs: number;
  readonly grantUpMs: number;
  /** The agent refuses the present request. */
  readonly denied: boolean;
  /** As the policy sees it. */
  readonly workingSetPages: readonly number[] | null;
  /** Null: there is no event log. */
  readonly log: LogHealth | null;
}

/** With what is counted since the process started. */
export interface CountedFacts extends MetricFacts {
  readonly counts: Counts;
  readonly signalTotals: SignalTotals;
}
