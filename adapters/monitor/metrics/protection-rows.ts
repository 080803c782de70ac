/** What protection has cost and what went wrong: the stats, which outlive restarts. */
import type { ProtectionStats } from '../../../machines/monitor/protection/stats';
import { counter, gaugeBy, type Row } from './row';

const SINCE = 'since the first start';

const charged = (name: string, help: string, read: (stats: ProtectionStats) => number): Row =>
  counter(`vm_monitor_${name}_total`, `${help} ${SINCE}.`, ({ status }) => read(status.protection));

export const PROTECTION_ROWS: readonly Row[] = [
  charged('oom_kills', 'Processes of the cgroup that the kernel killed for lack of memory', ({ oomKills }) => oomKills),
  charged('premature_downscales', 'Downscales that use grew into', ({ prematureDownscales }) => prematureDownscales),
  charged('tripwire_armed_seconds', 'Time that memory.high stood', ({ tripwireArmedMs }) => tripwireArmedMs / 1000),
  charged('tripwire_trips', 'Times that memory.high was reached', ({ tripwireTrips }) => tripwireTrips),
  charged('tripwire_false_trips', 'Times that it was reached by page cache alone', ({ falseTrips }) => falseTrips),
  charged('throttled_seconds', 'Time that processes were throttled', ({ throttledMs }) => throttledMs / 1000),
  charged('shm_capped_seconds', 'Time that /dev/shm was capped', ({ shmCappedMs }) => shmCappedMs / 1000),
  charged('statements_cancelled', 'Statements cancelled', ({ statementsCancelled }) => statementsCancelled),
  charged('cache_dropped_bytes', 'Page cache lost while a limit stood', ({ cacheDroppedBytes }) => cacheDroppedBytes),
  charged('foreign_limits', 'Limits of the cgroup that others have set', ({ foreignLimits }) => foreignLimits),
  charged('watchdog_lifts', 'Times that the watchdog process lifted our limits', ({ watchdogLifts }) => watchdogLifts),
  gaugeBy('vm_monitor_limit_bytes', 'Limits of ours that stand now.', 'file', ({ status: { limits } }) => ({
    'memory.high': limits.tripwireBytes,
    'memory.max': limits.hardLimitBytes,
  })),
];
