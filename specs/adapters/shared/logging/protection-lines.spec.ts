import { eventLine } from '../../../../adapters/monitor/logging/decision-lines';
import type { Command, InputEvent, OutputEvent } from '../../../../machines/monitor/events';
import { GIB, MIB } from '../../../../machines/shared/units';

const issued = (command: Command): OutputEvent => ({ type: 'command.issued', id: 1, command });

const SAID: readonly (readonly [InputEvent | OutputEvent, 'info' | 'warn', string])[] = [
  [
    issued({ type: 'throttle.start', allowanceBytes: 16 * MIB }),
    'warn',
    'memory is about to end: holding the processes that grow',
  ],
  [issued({ type: 'shmCap.apply' }), 'warn', 'memory is about to end: refusing more shared memory'],
  [
    issued({ type: 'statement.cancel' }),
    'warn',
    'memory is about to end and no larger size will come: cancelling the largest statement',
  ],
  [
    { type: 'tripwire.tripped', armedMs: 40 },
    'info',
    'tripwire: memory.high was reached and is lifted (armed for 40 ms)',
  ],
  [{ type: 'tripwire.failed', id: 1, reason: 'EACCES' }, 'warn', 'tripwire: EACCES'],
  [{ type: 'limits.failed', id: 1, reason: 'EACCES' }, 'warn', 'hard limit: EACCES'],
  [
    {
      type: 'throttle.started',
      id: 1,
      processes: [
        { pid: 7, growthBytesPerS: MIB },
        { pid: 8, growthBytesPerS: MIB },
      ],
    },
    'warn',
    'holding pid 7, pid 8',
  ],
  [{ type: 'throttle.ended', id: 1, throttledMs: 900 }, 'info', 'let go after 900 ms'],
  [{ type: 'throttle.failed', id: 1, reason: 'no memory controller' }, 'warn', 'hold: no memory controller'],
  [
    { type: 'shmCap.applied', id: 1, capBytes: 64 * MIB },
    'warn',
    'shared memory is capped at 64 MiB: statements that want more fail',
  ],
  [{ type: 'shmCap.removed', id: 1, cappedMs: 900 }, 'info', 'shared memory is free again after 900 ms'],
  [{ type: 'shmCap.failed', id: 1, reason: 'EPERM' }, 'warn', 'shared memory: EPERM'],
  [
    { type: 'statement.cancelled', id: 1, pid: 7, rssBytes: GIB },
    'warn',
    'cancelled the statement of pid 7, which held 1 GiB',
  ],
  [{ type: 'statement.failed', id: 1, reason: 'nobody grows' }, 'warn', 'cancel: nobody grows'],
  [
    { type: 'limit.foreign', file: 'memory.high', bytes: GIB },
    'warn',
    'memory.high was set to 1 GiB by somebody else; it is left alone',
  ],
  [
    { type: 'limit.foreign', file: 'memory.max', bytes: null },
    'warn',
    'memory.max was set to "max" by somebody else; it is left alone',
  ],
  [
    { type: 'undo.failed', reason: 'memory.high: EBUSY' },
    'warn',
    'memory.high: EBUSY; tried again, and nothing of ours is put in place before',
  ],
  [{ type: 'undo.completed' }, 'info', 'all that a monitor before has left is undone'],
  [
    { type: 'throttle.blocked', waiting: 2, reason: '2 sessions wait for locks' },
    'warn',
    'released the throttled processes: others wait for them: 2 sessions wait for locks',
  ],
  [
    { type: 'watchdog.lifted', reason: 'no heartbeat for 500 ms' },
    'warn',
    'the guard lifted all limits: no heartbeat for 500 ms',
  ],
  [
    { type: 'watchdog.lost', reason: 'killed' },
    'warn',
    'the guard is gone, nothing is put in place until it is back: killed',
  ],
];

const UNSAID: readonly (InputEvent | OutputEvent)[] = [
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

describe('protection as lines for people', () => {
  it.each(SAID)('%j', (event, level, msg) => {
    expect(eventLine(event)).toEqual({ level, msg });
  });

  it.each(UNSAID)('%j passes unsaid', (event) => {
    expect(eventLine(event)).toBeNull();
  });
});
