import type { InputEvent } from '../../../../machines/monitor/events/inputs';
import {
  accountFor,
  EMPTY_LEDGER,
  regretted,
  trippedFalsely,
  type Ledger,
} from '../../../../machines/monitor/protection/stats';
import { GIB } from '../../../../machines/shared/units';
import { IDLE_VM, readingsOf } from '../../../support/vm';

const beatWith = (oomKillEventsDelta: number): InputEvent => {
  const { cgroup, ...rest } = readingsOf(IDLE_VM, 100);
  return {
    type: 'beat.sampled',
    elapsedMs: 100,
    skippedBeats: 0,
    readings: { ...rest, cgroup: { ...cgroup!, oomKillEventsDelta } },
  };
};

const COSTS: readonly (readonly [InputEvent, Partial<Ledger>])[] = [
  [{ type: 'tripwire.lifted', id: 1, armedMs: 700 }, { tripwireArmedMs: 700 }],
  [
    { type: 'tripwire.tripped', armedMs: 40 },
    { tripwireArmedMs: 40, tripwireTrips: 1 },
  ],
  [{ type: 'hold.ended', id: 1, heldMs: 900 }, { heldMs: 900 }],
  [{ type: 'sharedMemory.restored', id: 1, cappedMs: 30 }, { sharedMemoryCappedMs: 30 }],
  [{ type: 'statement.cancelled', id: 1, pid: 7, rssBytes: GIB }, { statementsCancelled: 1 }],
  [{ type: 'limit.foreign', file: 'memory.max', bytes: null }, { foreignLimits: 1 }],
  [{ type: 'guard.lifted', reason: 'no heartbeat' }, { guardLifts: 1 }],
  [beatWith(2), { oomKills: 2 }],
];

const FREE: readonly InputEvent[] = [
  beatWith(0),
  { type: 'beat.sampled', elapsedMs: 100, skippedBeats: 0, readings: {} },
  { type: 'tripwire.armed', id: 1, highBytes: GIB },
  { type: 'hold.failed', id: 1, reason: 'EACCES' },
  { type: 'statement.failed', id: 1, reason: 'nobody grows' },
  { type: 'memory.high.reached', count: 1 },
];

describe('the ledger', () => {
  it.each(COSTS)('is charged for %j', (input, cost) => {
    expect(accountFor(EMPTY_LEDGER, input)).toEqual({ ...EMPTY_LEDGER, ...cost });
  });

  it.each(FREE)('stays the very same for %j', (input) => {
    expect(accountFor(EMPTY_LEDGER, input)).toBe(EMPTY_LEDGER);
  });

  it('adds up', () => {
    const twice = [...COSTS, ...COSTS].reduce((ledger, [input]) => accountFor(ledger, input), EMPTY_LEDGER);
    expect(trippedFalsely(regretted(regretted(twice)))).toEqual({
      tripwireArmedMs: 1480,
      tripwireTrips: 2,
      falseTrips: 1,
      heldMs: 1800,
      sharedMemoryCappedMs: 60,
      statementsCancelled: 2,
      cacheDroppedBytes: 0,
      oomKills: 4,
      regrets: 2,
      foreignLimits: 2,
      guardLifts: 2,
    });
  });
});
