/**
 * What neondatabase/autoscaling's agent scrapes from a VM (pkg/agent/core/metrics.go), under the names
 * that Vector's host_metrics source and neon's SQL exporter give it, so that such an agent can do with us alone.
 */
import { SIGNALS, SIGNAL_NAMES } from '../../../streams/signals';
import { gauge, gaugeBy, type Row } from './row';

const SIGNAL_ROWS = SIGNAL_NAMES.flatMap((signal) => SIGNALS[signal].metrics ?? []).map(({ name, help, read }) =>
  gauge(name, help, ({ domain }) => read(domain.readings) ?? null),
);

export const HOST_ROWS: readonly Row[] = [
  ...SIGNAL_ROWS,
  gaugeBy(
    'lfc_approximate_working_set_size_windows',
    'Pages of 8 KiB of the file cache that were touched in the last so many seconds, as Postgres estimates it.',
    'duration_seconds',
    ({ workingSetPages }) =>
      Object.fromEntries((workingSetPages ?? []).map((pages, minutes) => [String(60 * (minutes + 1)), pages])),
  ),
];
