import { eventLine } from '../../../../adapters/monitor/logging/decision-lines';
import { info, warning, type EventLine } from '../../../../adapters/shared/logging/event-line';
import type { Command, InputEvent, OutputEvent } from '../../../../machines/monitor/events';
import { GIB, MIB } from '../../../../machines/shared/units';
import { MONITOR_WORDS, sentenceOf } from '../../../support/sentence';

const issued = (command: Command): OutputEvent => ({ type: 'command.issued', id: 1, command });

const LOGGED: readonly (readonly [InputEvent | OutputEvent, EventLine, string])[] = [
  [
    issued({ type: 'throttle.start', allowanceBytes: 16 * MIB }),
    warning('throttling', { allowanceBytes: 16 * MIB }),
    'memory nears exhaustion: throttling the fastest-growing backends, 16 MiB more for each',
  ],
  [issued({ type: 'shmCap.apply' }), warning('capping shared memory'), 'memory nears exhaustion: capping /dev/shm'],
  [
    issued({ type: 'statement.cancel' }),
    warning('cancelling statement'),
    'memory nears exhaustion and no larger size will come: cancelling the largest statement',
  ],
  [
    { type: 'tripwire.tripped', armedMs: 40 },
    info('tripwire tripped', { armedMs: 40 }),
    'tripwire: memory.high was reached and is lifted (armed for 40 ms)',
  ],
  [
    { type: 'tripwire.failed', id: 1, reason: 'EACCES' },
    warning('tripwire failed', { reason: 'EACCES' }),
    'tripwire: EACCES',
  ],
  [
    { type: 'limits.failed', id: 1, reason: 'EACCES' },
    warning('hard limit failed', { reason: 'EACCES' }),
    'hard limit: EACCES',
  ],
  [
    {
      type: 'throttle.started',
      id: 1,
      processes: [
        { pid: 7, growthBytesPerS: MIB },
        { pid: 8, growthBytesPerS: MIB },
      ],
    },
    warning('throttled', { pids: [7, 8] }),
    'throttled pid 7, 8',
  ],
  [
    { type: 'throttle.ended', id: 1, throttledMs: 900 },
    info('released', { throttledMs: 900 }),
    'released the throttled processes after 900 ms',
  ],
  [
    { type: 'throttle.failed', id: 1, reason: 'no memory controller' },
    warning('throttle failed', { reason: 'no memory controller' }),
    'throttle: no memory controller',
  ],
  [
    { type: 'shmCap.applied', id: 1, capBytes: 64 * MIB },
    warning('shared memory capped', { capBytes: 64 * MIB }),
    'capped /dev/shm at 64 MiB: statements that need more fail',
  ],
  [
    { type: 'shmCap.removed', id: 1, cappedMs: 900 },
    info('shared memory uncapped', { cappedMs: 900 }),
    'removed the cap of /dev/shm after 900 ms',
  ],
  [{ type: 'shmCap.failed', id: 1, reason: 'EPERM' }, warning('shm cap failed', { reason: 'EPERM' }), 'shm cap: EPERM'],
  [
    { type: 'statement.cancelled', id: 1, pid: 7, rssBytes: GIB },
    warning('statement cancelled', { pid: 7, rssBytes: GIB }),
    'cancelled the statement of pid 7, which used 1 GiB',
  ],
  [
    { type: 'statement.failed', id: 1, reason: 'no backend grows' },
    warning('cancel failed', { reason: 'no backend grows' }),
    'cancel: no backend grows',
  ],
  [
    { type: 'limit.foreign', file: 'memory.high', bytes: GIB },
    warning('foreign limit', { file: 'memory.high', limitBytes: GIB }),
    'another process has set memory.high to 1 GiB; it is left as it is',
  ],
  [
    { type: 'limit.foreign', file: 'memory.max', bytes: null },
    warning('foreign limit', { file: 'memory.max', limit: 'max' }),
    'another process has set memory.max to "max"; it is left as it is',
  ],
  [
    { type: 'undo.failed', reason: 'memory.high: EBUSY' },
    warning('undo failed', { reason: 'memory.high: EBUSY' }),
    'memory.high: EBUSY; retried, and nothing is put in place before',
  ],
  [{ type: 'undo.completed' }, info('undo completed'), 'all that an earlier monitor left is undone'],
  [
    { type: 'throttle.blocked', waiting: 2, reason: '2 sessions wait for locks' },
    warning('throttle blocked others', { waiting: 2, reason: '2 sessions wait for locks' }),
    'released the throttled processes, because others wait for them: 2 sessions wait for locks',
  ],
  [
    { type: 'watchdog.lifted', reason: 'no heartbeat for 500 ms' },
    warning('watchdog lifted limits', { reason: 'no heartbeat for 500 ms' }),
    'the watchdog process lifted all limits: no heartbeat for 500 ms',
  ],
  [
    { type: 'watchdog.lost', reason: 'killed' },
    warning('watchdog lost', { reason: 'killed' }),
    'the watchdog process has ended, no limit is set until it runs again: killed',
  ],
];

const NOT_LOGGED: readonly (InputEvent | OutputEvent)[] = [
  issued({ type: 'limits.apply', hardLimitBytes: null }),
  issued({ type: 'tripwire.arm', highBytes: GIB }),
  issued({ type: 'tripwire.lift' }),
  issued({ type: 'throttle.end' }),
  issued({ type: 'shmCap.remove' }),
  { type: 'tripwire.armed', id: 1, highBytes: GIB },
  { type: 'tripwire.lifted', id: 1, armedMs: 40 },
  { type: 'tripwire.retry.due' },
  { type: 'limits.applied', id: 1 },
  { type: 'limits.retry.due' },
  { type: 'throttle.over' },
  { type: 'throttle.rested' },
  { type: 'throttle.retry.due' },
  { type: 'shmCap.over' },
  { type: 'shmCap.retry.due' },
  { type: 'cancel.settled' },
];

describe('protection as log lines', () => {
  it.each(LOGGED)('%j', (event, line, sentence) => {
    expect(eventLine(event)).toEqual(line);
    expect(sentenceOf(line, MONITOR_WORDS)).toBe(sentence);
  });

  it.each(NOT_LOGGED)('%j is not logged', (event) => {
    expect(eventLine(event)).toBeNull();
  });
});
