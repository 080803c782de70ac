/** A status report as a page for people: units as they are read, at most 80 columns. */
import type { Size } from '../../../machines/shared/events/size';
import { formatBytes, formatMs, formatSize } from '../../../machines/shared/format';
import type { GrantLatency } from '../../../machines/monitor/engine/grant-latency';
import type { Ledger } from '../../../machines/monitor/protection/stats';
import { row } from './columns';
import type { StatusReport } from '../../monitor/status/report';

const sizeText = (size: Size | null): string => (size === null ? 'not known' : formatSize(size));

const memoryText = ({ verdict, runwayBytes, exhaustionMs }: StatusReport['memory']): string => {
  const runway = runwayBytes === null ? 'runway not known' : `runway ${formatBytes(runwayBytes)}`;
  const end = exhaustionMs === null ? '' : `, used up in ${formatMs(exhaustionMs)}`;
  return `${verdict}; ${runway}${end}`;
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

/** Steps that were never seen are left out: the learned ones stand for them. */
const grantText = (steps: GrantLatency['up']): string => {
  const learned = Object.entries(steps).filter(([, { samples }]) => samples > 0);
  if (learned.length === 0) return `${formatMs(steps.small.ms)} (not learned yet)`;
  return learned.map(([step, { ms, samples }]) => `${step} ${formatMs(ms)} (${samples} seen)`).join(', ');
};

const regionsText = (regions: StatusReport['regions']): string =>
  Object.entries(regions)
    .map(([region, state]) => `${region}: ${state}`)
    .join(', ');

const ledgerRows = (ledger: Ledger): readonly string[] => [
  row('ledger', 'what protection has cost since the first start'),
  row(
    'held',
    `growers ${formatMs(ledger.heldMs)}; /dev/shm ${formatMs(ledger.sharedMemoryCappedMs)}; ` +
      `statements cancelled: ${ledger.statementsCancelled}`,
  ),
  row(
    'tripwire',
    `armed ${formatMs(ledger.tripwireArmedMs)}; trips: ${ledger.tripwireTrips} (by cache alone: ${ledger.falseTrips}); ` +
      `cache dropped: ${formatBytes(ledger.cacheDroppedBytes)}`,
  ),
  row(
    'trouble',
    `OOM kills: ${ledger.oomKills}, regretted shrinks: ${ledger.regrets}, ` +
      `limits changed by others: ${ledger.foreignLimits}, lifted by the guard: ${ledger.guardLifts}`,
  ),
];

const UNDECIDED = 'nothing is decided yet';
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
    row('wished', sizeText(size.wished)),
    row('granted', sizeText(size.granted)),
    row('seen', sizeText(size.seen)),
    row('reason', report.reason ?? (size.wished === null ? UNDECIDED : KEPT_SO_FAR)),
    row('smaller?', report.whyNotSmaller),
    row('larger?', report.whyNotLarger),
    '',
    row('memory', memoryText(report.memory)),
    row('cache', cacheText(report)),
    row('limits', limitsText(report)),
    row('grants', `up: ${grantText(grants.up)}; down: ${grantText(grants.down)}`),
    row('missing', missing.length === 0 ? 'nothing' : missing.join(', ')),
    row('states', regionsText(report.regions)),
    '',
    ...ledgerRows(report.ledger),
  ];
  return `${rows.join('\n')}\n`;
};
