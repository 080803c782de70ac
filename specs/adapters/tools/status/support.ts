/** A report as a monitor in trouble would give it. */
import type { Socket } from 'node:net';
import { learnGrant, UNLEARNED } from '../../../../machines/monitor/engine/grant-latency';
import { GIB, MIB } from '../../../../machines/shared/units';
import type { StatusReport } from '../../../../adapters/monitor/status/report';

const LEDGER: StatusReport['protection'] = {
  throttledMs: 1_250,
  tripwireArmedMs: 360_000,
  tripwireTrips: 3,
  falseTrips: 1,
  shmCappedMs: 0,
  statementsCancelled: 1,
  cacheDroppedBytes: 64 * MIB,
  oomKills: 0,
  prematureDownscales: 2,
  foreignLimits: 0,
  watchdogLifts: 0,
};

const REPORT: StatusReport = {
  at: 5_012_300,
  wallClock: '2031-01-01T02:57:03.123Z',
  build: '0.1.0+0123456789ab',
  address: '127.0.0.1:10301',
  cgroup: 'neon-postgres',
  size: {
    desired: { cpu: 1, mem: 4 * GIB },
    granted: { cpu: 0.5, mem: 2 * GIB },
    observed: { cpu: 1, mem: 2 * GIB },
  },
  reason:
    'memory: 1.9 GiB in use, growing 300 MiB/s, a grant takes 1.4 s, so 2.3 GiB + 15 % + 100 MiB → 2.8 GiB; ' +
    'CPU: 0.31 vCPU wanted + 15 % → 0.41 vCPU',
  whyNotSmaller: '1.9 GiB in use + 100 MiB margin need 2 GiB; the next smaller size holds 0.9 GiB',
  whyNotLarger: 'denied: no room on this host; requested again',
  memory: {
    ...{ pressureLevel: 'critical', runwayBytes: 140 * MIB, exhaustionMs: 470 },
    lack: { of: 'foreignLimit', path: '/pods/a' },
  },
  regions: { agent: 'connected', sizing: 'requesting.denied', memory: 'critical', fileCache: 'ready' },
  fileCache: { sizeBytes: 512 * MIB, lastFailure: null },
  limits: { tripwireBytes: 1.8 * GIB, hardLimitBytes: null },
  notUndone: null,
  missing: ['cgroup.pressure'],
  grants: [2_500, 2_500].reduce(
    (grants, ms) => learnGrant(grants, 'up', 8 * GIB, ms),
    learnGrant(UNLEARNED, 'up', GIB, 1_400),
  ),
  protection: LEDGER,
};

export const statusReport = (chosen: Partial<StatusReport> = {}): StatusReport => ({ ...REPORT, ...chosen });

/** A monitor that has just begun and knows nothing. */
export const emptyReport = (): StatusReport =>
  statusReport({
    cgroup: null,
    size: { desired: null, granted: null, observed: null },
    reason: null,
    memory: { pressureLevel: 'normal', runwayBytes: null, exhaustionMs: null, lack: null },
    fileCache: { sizeBytes: null, lastFailure: null },
    limits: { tripwireBytes: null, hardLimitBytes: 3 * GIB },
    missing: [],
  });

/** Writes until the other end hangs up. */
export const talkOn = (socket: Socket): void => {
  socket.write('x'.repeat(1024), (error) => {
    if (error === null || error === undefined) talkOn(socket);
  });
};
