/** One sample of each event that the statechart hears; the tables step these. */
import type { StatechartEvent, StatechartEventType } from '../../machines/monitor/statechart/events';
import type { AgentConnection } from '../../machines/monitor/statechart/context';
import type { Size } from '../../machines/shared/events/size';
import { GIB, MIB } from '../../machines/shared/units';

/** n compute units of 0.25 vCPU and 1 GiB. */
export const units = (n: number): Size => ({ cpu: n / 4, mem: n * GIB });

/** The instant of all samples: long after whatever the contexts of the tables remember. */
export const AT = 100_000;

export const CONN = 'conn-a';

/** A connection that may be asked, and was: for three units. */
export const connection = (differences: Partial<AgentConnection> = {}): AgentConnection => ({
  id: CONN,
  version: '1.1',
  open: true,
  nextId: 5,
  scaleRequests: 'unknown',
  lastRequest: units(3),
  toldFloor: null,
  scaleRequestIds: ['3'],
  malformedAt: [],
  lastGrant: null,
  ...differences,
});

type Samples = { readonly [T in StatechartEventType]: Extract<StatechartEvent, { type: T }> };

const at = AT;

export const SAMPLES: Samples = {
  'monitor.started': { type: 'monitor.started', at },
  'source.lost': { type: 'source.lost', source: 'cgroup.memory', reason: 'ENOENT', at },
  'source.found': { type: 'source.found', source: 'cgroup.memory', at },
  'handshake.started': { type: 'handshake.started', conn: 'conn-b', peer: '10.0.0.1:4', at },
  'handshake.failed': { type: 'handshake.failed', conn: 'conn-b', reason: 'garbage', at },
  'agent.connected': { type: 'agent.connected', conn: 'conn-b', peer: '10.0.0.1:4', version: '1.1', at },
  'agent.lost': { type: 'agent.lost', conn: CONN, reason: 'closed', at },
  'fileCache.connected': { type: 'fileCache.connected', id: 1, maxBytes: 8 * GIB, at },
  'fileCache.notOffered': { type: 'fileCache.notOffered', id: 1, reason: 'vanilla', at },
  'fileCache.resized': { type: 'fileCache.resized', id: 1, sizeBytes: 256 * MIB, at },
  'fileCache.failed': { type: 'fileCache.failed', id: 1, reason: 'Postgres is down', at },
  'fileCache.lost': { type: 'fileCache.lost', reason: 'connection reset', at },
  'limits.applied': { type: 'limits.applied', id: 1, at },
  'limits.failed': { type: 'limits.failed', id: 1, reason: 'EACCES', at },
  'tripwire.wanted': { type: 'tripwire.wanted', highBytes: 900 * MIB, at },
  'tripwire.armed': { type: 'tripwire.armed', id: 1, highBytes: 900 * MIB, at },
  'tripwire.lifted': { type: 'tripwire.lifted', id: 1, armedMs: 500, at },
  'tripwire.tripped': { type: 'tripwire.tripped', armedMs: 500, at },
  'tripwire.failed': { type: 'tripwire.failed', id: 1, reason: 'EACCES', at },
  'tripwire.retry.due': { type: 'tripwire.retry.due', at },
  'limits.wanted': { type: 'limits.wanted', hardLimitBytes: 2 * GIB, at },
  'escalation.changed': { type: 'escalation.changed', level: 'cancel', at },
  'throttle.started': { type: 'throttle.started', id: 1, processes: [{ pid: 7, growthBytesPerS: 100 * MIB }], at },
  'throttle.ended': { type: 'throttle.ended', id: 1, throttledMs: 700, at },
  'throttle.failed': { type: 'throttle.failed', id: 1, reason: 'EACCES', at },
  'throttle.over': { type: 'throttle.over', at },
  'throttle.rested': { type: 'throttle.rested', at },
  'throttle.retry.due': { type: 'throttle.retry.due', at },
  'shmCap.applied': { type: 'shmCap.applied', id: 1, capBytes: 64 * MIB, at },
  'shmCap.removed': { type: 'shmCap.removed', id: 1, cappedMs: 900, at },
  'shmCap.failed': { type: 'shmCap.failed', id: 1, reason: 'EPERM', at },
  'shmCap.over': { type: 'shmCap.over', at },
  'shmCap.retry.due': { type: 'shmCap.retry.due', at },
  'statement.cancelled': { type: 'statement.cancelled', id: 1, pid: 7, rssBytes: GIB, at },
  'statement.failed': { type: 'statement.failed', id: 1, reason: 'no backend grows', at },
  'cancel.settled': { type: 'cancel.settled', at },
  'limit.foreign': { type: 'limit.foreign', file: 'memory.high', bytes: GIB, at },
  'undo.failed': { type: 'undo.failed', reason: 'memory.high: EBUSY', at },
  'undo.completed': { type: 'undo.completed', at },
  'throttle.blocked': { type: 'throttle.blocked', waiting: 2, reason: '2 sessions wait for locks', at },
  'watchdog.lifted': { type: 'watchdog.lifted', reason: 'no heartbeat for 500 ms', at },
  'watchdog.lost': { type: 'watchdog.lost', reason: 'killed', at },
  'cpus.applied': { type: 'cpus.applied', id: 1, online: 4, at },
  'cpus.failed': { type: 'cpus.failed', id: 1, reason: '2 of 4 CPUs are there', at },
  'cpus.missing': { type: 'cpus.missing', at },
  'cpus.retry.due': { type: 'cpus.retry.due', at },
  'quiet.over': { type: 'quiet.over', at },
  'resend.due': { type: 'resend.due', at },
  'answer.overdue': { type: 'answer.overdue', at },
  'shrink.overdue': { type: 'shrink.overdue', at },
  'downscale.overdue': { type: 'downscale.overdue', at },
  'downscale.judged': { type: 'downscale.judged', check: { ok: true, status: 'it still holds' }, at },
  'relief.over': { type: 'relief.over', at },
  'fileCache.retry.due': { type: 'fileCache.retry.due', at },
  'limits.retry.due': { type: 'limits.retry.due', at },
  'upscale.notified': { type: 'upscale.notified', id: '4', granted: units(3), at },
  'downscale.requested': {
    type: 'downscale.requested',
    id: '6',
    target: units(1),
    targetDigits: String(units(1).mem),
    check: { ok: true, status: 'it holds' },
    cacheBytes: 512 * MIB,
    at,
  },
  'health.checked': { type: 'health.checked', id: '8', at },
  'request.rejected': { type: 'request.rejected', id: '3', error: 'unknown type', at },
  'agent.failed': { type: 'agent.failed', id: '3', error: 'oops', at },
  'scale.denied': { type: 'scale.denied', target: units(3), reason: 'full', at },
  'vm.informed': { type: 'vm.informed', granted: units(3), max: units(8), etaMs: 900, at },
  'frame.malformed': { type: 'frame.malformed', id: '0', error: 'not JSON', at },
  'desired.changed': {
    type: 'desired.changed',
    desired: units(4),
    capped: false,
    retaining: false,
    withheld: false,
    urgent: false,
    floor: units(2),
    withinMs: 1500,
    at,
  },
  'pressure.normal': { type: 'pressure.normal', at },
  'pressure.elevated': { type: 'pressure.elevated', at },
  'pressure.critical': { type: 'pressure.critical', floor: units(2), withinMs: 1500, at },
  'floor.changed': { type: 'floor.changed', of: 'shortage', floor: { size: units(2), until: at + 60_000 }, at },
  'floor.moved': { type: 'floor.moved', floor: units(1), withinMs: null, at },
  'lack.changed': { type: 'lack.changed', lack: { of: 'kernelZones', path: null }, at },
  'agent.spoke': { type: 'agent.spoke', at },
  'size.assumed': { type: 'size.assumed', size: units(2), at },
  'size.observed': { type: 'size.observed', at },
  'agent.ready': { type: 'agent.ready', at },
  'upscale.applied': { type: 'upscale.applied', id: '4', at },
  'downscale.approved': { type: 'downscale.approved', target: units(2), at },
  'fileCache.wanted': { type: 'fileCache.wanted', sizeBytes: 512 * MIB, at },
};
