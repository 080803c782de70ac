/** What protection does, and what it costs, as log lines. */
import type { InputEvent } from '../../../machines/monitor/events';
import { info, warning } from '../../shared/logging/event-line';
import type { LineTable } from '../../shared/logging/line-table';

type ProtectionOutcome = Extract<
  InputEvent,
  {
    type: `${'tripwire' | 'limits' | 'throttle' | 'undo' | 'shmCap' | 'statement' | 'limit' | 'watchdog'}.${string}`;
  }
>;

export const PROTECTION_LINES: LineTable<ProtectionOutcome> = {
  'tripwire.armed': null,
  'tripwire.lifted': null,
  'tripwire.tripped': ({ armedMs }) => info('tripwire tripped', { armedMs }),
  'tripwire.failed': ({ reason }) => warning('tripwire failed', { reason }),
  'tripwire.retry.due': null,
  'limits.applied': null,
  'limits.failed': ({ reason }) => warning('hard limit failed', { reason }),
  'limits.retry.due': null,
  'throttle.started': ({ processes }) => warning('throttled', { pids: processes.map(({ pid }) => pid) }),
  'throttle.blocked': ({ waiting, reason }) => warning('throttle blocked others', { waiting, reason }),
  'throttle.ended': ({ throttledMs }) => info('released', { throttledMs }),
  'throttle.failed': ({ reason }) => warning('throttle failed', { reason }),
  'throttle.over': null,
  'throttle.rested': null,
  'throttle.retry.due': null,
  'shmCap.applied': ({ capBytes }) => warning('shared memory capped', { capBytes }),
  'shmCap.removed': ({ cappedMs }) => info('shared memory uncapped', { cappedMs }),
  'shmCap.failed': ({ reason }) => warning('shm cap failed', { reason }),
  'shmCap.over': null,
  'shmCap.retry.due': null,
  'statement.cancelled': ({ pid, rssBytes }) => warning('statement cancelled', { pid, rssBytes }),
  'statement.failed': ({ reason }) => warning('cancel failed', { reason }),
  'limit.foreign': ({ file, bytes }) =>
    warning('foreign limit', { file, ...(bytes === null ? { limit: 'max' } : { limitBytes: bytes }) }),
  'undo.failed': ({ reason }) => warning('undo failed', { reason }),
  'undo.completed': () => info('undo completed'),
  'watchdog.lifted': ({ reason }) => warning('watchdog lifted limits', { reason }),
  'watchdog.lost': ({ reason }) => warning('watchdog lost', { reason }),
};
