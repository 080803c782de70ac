/**
 * What neondatabase/autoscaling's agent scrapes from a VM (pkg/agent/core/metrics.go), under the names
 * that Vector's host_metrics source and neon's SQL exporter give it, so that such an agent can do with us alone.
 */
import { gauge, gaugeBy, type Row } from './row';

export const HOST_ROWS: readonly Row[] = [
  gauge('host_load1', 'Load average over 1 minute.', ({ domain }) => domain.readings.cpu?.load1 ?? null),
  gauge('host_load5', 'Load average over 5 minutes.', ({ domain }) => domain.readings.cpu?.load5 ?? null),
  gauge('host_memory_total_bytes', 'MemTotal of the VM.', ({ domain }) => domain.readings.memory?.totalBytes ?? null),
  gauge(
    'host_memory_available_bytes',
    'MemAvailable of the VM.',
    ({ domain }) => domain.readings.memory?.availableBytes ?? null,
  ),
  gauge(
    'host_memory_cached_bytes',
    'Page cache of the VM (Cached in /proc/meminfo).',
    ({ domain }) => domain.readings.memory?.cachedBytes ?? null,
  ),
  gaugeBy(
    'lfc_approximate_working_set_size_windows',
    'Pages of 8 KiB of the file cache that were touched in the last so many seconds, as Postgres estimates it.',
    'duration_seconds',
    ({ workingSetPages }) =>
      Object.fromEntries((workingSetPages ?? []).map((pages, minutes) => [String(60 * (minutes + 1)), pages])),
  ),
];
