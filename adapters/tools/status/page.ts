/** A status report as a page for people: units as they are read, at most 80 columns. */
import type { Size } from '../../../machines/shared/events/size';
import { formatBytes, formatMs, formatSize } from '../../../machines/shared/format';
import {
  expectedMs,
  isLearned,
  quantileMs,
  type Direction,
  type GrantLatency,
} from '../../../machines/monitor/engine/grant-latency';
import type { ProtectionStats } from '../../../machines/monitor/protection/stats';
import { UNDECIDED } from '../../../machines/monitor/status/words';
import { row } from './columns';
import type { StatusReport } from '../../monitor/status/report';

const sizeText = (size: Size | null): string => (size === null ? 'not known' : formatSize(size));

const memoryText = ({ pressureLevel, runwayBytes, exhaustionMs }: StatusReport['memory']): string => {
  const runway = runwayBytes === null ? 'runway not known' : `runway ${formatBytes(runwayBytes)}`;
  const end = exhaustionMs === null ? '' : `, used up in ${formatMs(exhaustionMs)}`;
  return `${pressureLevel}; ${runway}${end}`;
};

const cacheSizeText = ({ regions, fileCache: { sizeBytes } }: StatusReport): string => {
  if (regions['fileCache'] === 'vanilla') return 'none: vanilla Postgres, without the settings of neon';
  return sizeBytes === null ? 'not sized' : formatBytes(sizeBytes);
};

const cacheText = (report: StatusReport): string => {
  const { lastFailure } = report.fileCache;
  const size = cacheSizeText(report);
  return lastFailure === null ? size : `${size}; last failure: ${lastFailure}`;
};

const limitText = (name: string, bytes: number | null): string =>
  bytes === null ? `no ${name}` : `${name} ${formatBytes(bytes)}`;

const limitsText = ({ limits: { tripwireBytes, hardLimitBytes }, notUndone }: StatusReport): string => {
  const ours = `${limitText('tripwire', tripwireBytes)}, ${limitText('hard limit', hardLimitBytes)}`;
  return notUndone === null ? ours : `${ours}; ${notUndone}`;
};

/** Steps that were never observed are left out: the learned ones stand for them. */
const grantText = (grants: GrantLatency, direction: Direction): string => {
  if (!isLearned(grants, direction)) return `${formatMs(expectedMs(grants, direction, 0))} (not learned yet)`;
  return (['small', 'medium', 'large'] as const)
    .map((step) => ({ step, samples: grants[direction][step] }))
    .filter(({ samples }) => samples.length > 0)
    .map(({ step, samples }) => `${step} ${formatMs(quantileMs(direction, samples))} (${samples.length} observed)`)
    .join(', ');
};

const regionsText = (regions: StatusReport['regions']): string =>
  Object.entries(regions)
    .map(([region, state]) => `${region}: ${state}`)
    .join(', ');

const statsRows = (stats: ProtectionStats): readonly string[] => [
  row('stats', 'what protection has cost since the first start'),
  row(
    'throttled',
    `backends ${formatMs(stats.throttledMs)}; /dev/shm ${formatMs(stats.shmCappedMs)}; ` +
      `statements cancelled: ${stats.statementsCancelled}`,
  ),
  row(
    'tripwire',
    `armed ${formatMs(stats.tripwireArmedMs)}; trips: ${stats.tripwireTrips} (by cache alone: ${stats.falseTrips}); ` +
      `cache dropped: ${formatBytes(stats.cacheDroppedBytes)}`,
  ),
  row(
    'trouble',
    `OOM kills: ${stats.oomKills}, premature downscales: ${stats.prematureDownscales}, ` +
      `limits changed by others: ${stats.foreignLimits}, lifted by the watchdog: ${stats.watchdogLifts}`,
  ),
];

/** Until the first sample after a restart. */
const KEPT_SO_FAR = 'as before the restart; nothing is decided anew yet';

const headText = ({ build, address, cgroup, at, wallClock }: StatusReport): string =>
  `vm-monitor ${build} at ${address}, ${cgroup === null ? 'no cgroup' : `cgroup ${cgroup}`}; ` +
  `${(at / 1000).toFixed(3)}s of the event log, ${wallClock}`;

/** Ends with a newline. */
export const statusPage = (report: StatusReport): string => {
  const { size, grants, missing } = report;
  const rows = [
    row('monitor', headText(report)),
    '',
    row('desired', sizeText(size.desired)),
    row('granted', sizeText(size.granted)),
    row('observed', sizeText(size.observed)),
    row('reason', report.reason ?? (size.desired === null ? UNDECIDED : KEPT_SO_FAR)),
    row('smaller?', report.whyNotSmaller),
    row('larger?', report.whyNotLarger),
    '',
    row('memory', memoryText(report.memory)),
    row('cache', cacheText(report)),
    row('limits', limitsText(report)),
    row('grants', `up: ${grantText(grants, 'up')}; down: ${grantText(grants, 'down')}`),
    row('missing', missing.length === 0 ? 'nothing' : missing.join(', ')),
    row('states', regionsText(report.regions)),
    '',
    ...statsRows(report.protection),
  ];
  return `${rows.join('\n')}\n`;
};
