/**
 * What neondatabase/autoscaling's agent scrapes from a VM (pkg/agent/core/metrics.go), under the names
 * that Vector's host_metrics source and neon's SQL exporter give it, so that such an agent can do with us alone; and
 * what else the table of signals shows.
 */
import { counterBy, gauge, gaugeBy, type Row } from './row';
import { SIGNAL_COUNTERS, SIGNAL_GAUGES } from './tally';

export const HOST_ROWS: readonly Row[] = [
  ...SIGNAL_GAUGES.map(({ name, help, read }) => gauge(name, help, ({ domain }) => read(domain.readings) ?? null)),
  ...SIGNAL_COUNTERS.map(({ name, help, label }) =>
    counterBy(name, help, label, ({ signalTotals }) => signalTotals[name] ?? {}),
  ),
  gaugeBy(
    'lfc_approximate_working_set_size_windows',
    'Pages of 8 KiB of the file cache that were touched in the last so many seconds, as Postgres estimates it.',
    'duration_seconds',
    ({ workingSetPages }) =>
      Object.fromEntries((workingSetPages ?? []).map((pages, minutes) => [String(60 * (minutes + 1)), pages])),
  ),
];
