/** What protection does, and what it costs, as lines for people. */
import type { Command, InputEvent } from '../../../machines/monitor/events';
import { formatBytes } from '../../../machines/shared/format';
import { info, warning, type EventLine } from '../../shared/logging/event-line';

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
      return warning('memory is about to end: holding the processes that grow');
    case 'shmCap.apply':
      return warning('memory is about to end: refusing more shared memory');
    case 'statement.cancel':
      return warning('memory is about to end and no larger size will come: cancelling the largest statement');
    case 'limits.apply':
    case 'tripwire.arm':
    case 'tripwire.lift':
    case 'throttle.end':
    case 'shmCap.remove':
      return null;
  }
};

const limitText = (bytes: number | null): string => (bytes === null ? '"max"' : formatBytes(bytes));

export const protectionLine = (event: ProtectionOutcome): EventLine | null => {
  switch (event.type) {
    case 'tripwire.tripped':
      return info(`tripwire: memory.high was reached and is lifted (armed for ${event.armedMs} ms)`);
    case 'tripwire.failed':
      return warning(`tripwire: ${event.reason}`);
    case 'limits.failed':
      return warning(`hard limit: ${event.reason}`);
    case 'throttle.started':
      return warning(`holding ${event.processes.map(({ pid }) => `pid ${pid}`).join(', ')}`);
    case 'throttle.ended':
      return info(`let go after ${event.throttledMs} ms`);
    case 'throttle.failed':
      return warning(`hold: ${event.reason}`);
    case 'shmCap.applied':
      return warning(`shared memory is capped at ${formatBytes(event.capBytes)}: statements that want more fail`);
    case 'shmCap.removed':
      return info(`shared memory is free again after ${event.cappedMs} ms`);
    case 'shmCap.failed':
      return warning(`shared memory: ${event.reason}`);
    case 'statement.cancelled':
      return warning(`cancelled the statement of pid ${event.pid}, which held ${formatBytes(event.rssBytes)}`);
    case 'statement.failed':
      return warning(`cancel: ${event.reason}`);
    case 'limit.foreign':
      return warning(`${event.file} was set to ${limitText(event.bytes)} by somebody else; it is left alone`);
    case 'undo.failed':
      return warning(`${event.reason}; tried again, and nothing of ours is put in place before`);
    case 'undo.completed':
      return info('all that a monitor before has left is undone');
    case 'throttle.blocked':
      return warning(`released the throttled processes: others wait for them: ${event.reason}`);
    case 'watchdog.lifted':
      return warning(`the guard lifted all limits: ${event.reason}`);
    case 'watchdog.lost':
      return warning(`the guard is gone, nothing is put in place until it is back: ${event.reason}`);
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
