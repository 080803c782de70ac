import type { InputEvent } from '../../../../machines/monitor/events/inputs';
import {
  accountFor,
  NO_STATS,
  withPrematureDownscale,
  trippedFalsely,
  type ProtectionStats,
} from '../../../../machines/monitor/protection/stats';
import { GIB } from '../../../../machines/shared/units';
import { IDLE_VM, readingsOf } from '../../../support/vm';

const beatWith = (oomKillEventsDelta: number): InputEvent => {
  const { cgroup, ...rest } = readingsOf(IDLE_VM, 100);
  return {
    type: 'sample.taken',
    elapsedMs: 100,
    skippedSamples: 0,
    readings: { ...rest, cgroup: { ...cgroup!, oomKillEventsDelta } },
  };
};

const COSTS: readonly (readonly [InputEvent, Partial<ProtectionStats>])[] = [
  [{ type: 'tripwire.lifted', id: 1, armedMs: 700 }, { tripwireArmedMs: 700 }],
  [
    { type: 'tripwire.tripped', armedMs: 40 },
    { tripwireArmedMs: 40, tripwireTrips: 1 },
  ],
  [{ type: 'throttle.ended', id: 1, throttledMs: 900 }, { throttledMs: 900 }],
  [{ type: 'shmCap.removed', id: 1, cappedMs: 30 }, { shmCappedMs: 30 }],
  [{ type: 'statement.cancelled', id: 1, pid: 7, rssBytes: GIB }, { statementsCancelled: 1 }],
  [{ type: 'limit.foreign', file: 'memory.max', bytes: null }, { foreignLimits: 1 }],
  [{ type: 'watchdog.lifted', reason: 'no heartbeat' }, { watchdogLifts: 1 }],
  [beatWith(2), { oomKills: 2 }],
];

const FREE: readonly InputEvent[] = [
  beatWith(0),
  { type: 'sample.taken', elapsedMs: 100, skippedSamples: 0, readings: {} },
  { type: 'tripwire.armed', id: 1, highBytes: GIB },
  { type: 'throttle.failed', id: 1, reason: 'EACCES' },
  { type: 'statement.failed', id: 1, reason: 'nobody grows' },
  { type: 'memory.high.reached', count: 1 },
];

describe('the ledger', () => {
  it.each(COSTS)('is charged for %j', (input, cost) => {
    expect(accountFor(NO_STATS, input)).toEqual({ ...NO_STATS, ...cost });
  });

  it.each(FREE)('stays the very same for %j', (input) => {
    expect(accountFor(NO_STATS, input)).toBe(NO_STATS);
  });

  it('adds up', () => {
    const twice = [...COSTS, ...COSTS].reduce((stats, [input]) => accountFor(stats, input), NO_STATS);
    expect(trippedFalsely(withPrematureDownscale(withPrematureDownscale(twice)))).toEqual({
      tripwireArmedMs: 1480,
      tripwireTrips: 2,
      falseTrips: 1,
      throttledMs: 1800,
      shmCappedMs: 60,
      statementsCancelled: 2,
      cacheDroppedBytes: 0,
      oomKills: 4,
      prematureDownscales: 2,
      foreignLimits: 2,
      watchdogLifts: 2,
    });
  });
});
