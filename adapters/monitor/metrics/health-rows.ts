/** The monitor itself: whom it talks to, what it misses, whether it keeps its sampling interval and its log. */
import { SourceName } from '../../../machines/monitor/events/readings';
import { counter, facts, gauge, gaugeBy, seconds, type Row } from './row';

/** By the state of the region `fileCache`; in the others it is not known. */
const CACHE_OFFERED: Readonly<Record<string, number>> = { ready: 1, resizing: 1, vanilla: 0 };

export const HEALTH_ROWS: readonly Row[] = [
  facts('vm_monitor_info', 'The running build and the cgroup that it manages.', ['build', 'cgroup'], ({ status }) => [
    { build: status.build, cgroup: status.cgroup ?? '' },
  ]),
  facts('vm_monitor_region_state', 'The state of each region of the statechart.', ['region', 'state'], ({ status }) =>
    Object.entries(status.regions).map(([region, state]) => ({ region, state })),
  ),
  gauge('vm_monitor_agent_connected', '1 while an agent is connected.', ({ status }) =>
    Number(status.regions['agent']?.startsWith('connected') ?? false),
  ),
  counter('vm_monitor_agent_connections_total', 'Agents that have connected.', ({ counts }) => counts.connections),
  gaugeBy('vm_monitor_source_missing', '1 while a source that is looked for cannot be read.', 'source', ({ status }) =>
    Object.fromEntries(Object.keys(SourceName.keys).map((name) => [name, Number(status.missing.includes(name))])),
  ),
  gauge('vm_monitor_sampling_interval_seconds', 'The present time between two samples.', ({ samplingIntervalMs }) =>
    seconds(samplingIntervalMs),
  ),
  counter('vm_monitor_samples_total', 'Samples taken.', ({ counts }) => counts.samples),
  counter(
    'vm_monitor_samples_skipped_total',
    'Samples left out because one was late.',
    ({ counts }) => counts.skippedSamples,
  ),
  gauge('vm_monitor_event_log_bytes', 'Size of all files of the event log.', ({ log }) => log?.bytes ?? null),
  gauge('vm_monitor_event_log_broken', '1 while lines of the event log are lost.', ({ log }) =>
    log === null ? null : Number(log.broken),
  ),
  gauge(
    'vm_monitor_file_cache_size_bytes',
    'What the file cache of Postgres was set to.',
    ({ status }) => status.fileCache.sizeBytes,
  ),
  gauge(
    'vm_monitor_file_cache_offered',
    '1 where Postgres has a file cache, 0 where it has none (vanilla Postgres); left out while not known.',
    ({ status }) => CACHE_OFFERED[status.regions['fileCache'] ?? ''] ?? null,
  ),
  counter(
    'vm_monitor_file_cache_failures_total',
    'Failed attempts to connect to Postgres or to size its file cache.',
    ({ counts }) => counts.fileCacheFailures,
  ),
];
