/** What protection does, and what it costs, as log lines. */
import type { Command, InputEvent } from '../../../machines/monitor/events';
import { info, warning, type EventLine } from '../../shared/logging/event-line';
import type { Fields } from '../../shared/logging/line';

type ProtectionCommand = Exclude<
  Command,
  { type: 'fileCache.connect' | 'fileCache.resize' | 'connection.close' | 'cpus.apply' }
>;

export type ProtectionOutcome = Extract<
  InputEvent,
  {
    type: `${'tripwire' | 'limits' | 'throttle' | 'undo' | 'shmCap' | 'statement' | 'limit' | 'watchdog'}.${string}`;
  }
>;

export const protectionCommandLine = (command: ProtectionCommand): EventLine | null => {
  switch (command.type) {
    case 'throttle.start':
      return warning('throttling', { allowanceBytes: command.allowanceBytes });
    case 'shmCap.apply':
      return warning('capping shared memory');
    case 'statement.cancel':
      return warning('cancelling statement');
    case 'limits.apply':
    case 'tripwire.arm':
    case 'tripwire.lift':
    case 'throttle.end':
    case 'shmCap.remove':
      return null;
  }
};

const limitFields = (bytes: number | null): Fields => (bytes === null ? { limit: 'max' } : { limitBytes: bytes });

export const protectionLine = (event: ProtectionOutcome): EventLine | null => {
  switch (event.type) {
    case 'tripwire.tripped':
      return info('tripwire tripped', { armedMs: event.armedMs });
    case 'tripwire.failed':
      return warning('tripwire failed', { reason: event.reason });
    case 'limits.failed':
      return warning('hard limit failed', { reason: event.reason });
    case 'throttle.started':
      return warning('throttled', { pids: event.processes.map(({ pid }) => pid) });
    case 'throttle.ended':
      return info('released', { throttledMs: event.throttledMs });
    case 'throttle.failed':
      return warning('throttle failed', { reason: event.reason });
    case 'shmCap.applied':
      return warning('shared memory capped', { capBytes: event.capBytes });
    case 'shmCap.removed':
      return info('shared memory uncapped', { cappedMs: event.cappedMs });
    case 'shmCap.failed':
      return warning('shm cap failed', { reason: event.reason });
    case 'statement.cancelled':
      return warning('statement cancelled', { pid: event.pid, rssBytes: event.rssBytes });
    case 'statement.failed':
      return warning('cancel failed', { reason: event.reason });
    case 'limit.foreign':
      return warning('foreign limit', { file: event.file, ...limitFields(event.bytes) });
    case 'undo.failed':
      return warning('undo failed', { reason: event.reason });
    case 'undo.completed':
      return info('undo completed');
    case 'throttle.blocked':
      return warning('throttle blocked others', { waiting: event.waiting, reason: event.reason });
    case 'watchdog.lifted':
      return warning('watchdog lifted limits', { reason: event.reason });
    case 'watchdog.lost':
      return warning('watchdog lost', { reason: event.reason });
    case 'tripwire.armed':
    case 'tripwire.lifted':
    case 'tripwire.retry.due':
    case 'limits.applied':
    case 'limits.retry.due':
    case 'throttle.over':
    case 'throttle.rested':
    case 'throttle.retry.due':
    case 'shmCap.over':
    case 'shmCap.retry.due':
      return null;
  }
};
