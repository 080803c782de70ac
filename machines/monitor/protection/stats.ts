/**
 * What protection has cost and what went wrong, since the first start: kept in the log's heads, so that
 * restarts and reboots do not forget it.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import type { InputEvent } from '../events/inputs';

export const Ledger = t.readonly(
  t.type({
    /** How long memory.high stood below "max", how often it tripped, and how often that was only cache. */
    tripwireArmedMs: finite,
    tripwireTrips: finite,
    falseTrips: finite,
    heldMs: finite,
    sharedMemoryCappedMs: finite,
    statementsCancelled: finite,
    /** Page cache of the cgroup that was there when a limit was set and gone when it was lifted. */
    cacheDroppedBytes: finite,
    oomKills: finite,
    /** Shrinks that use grew into. */
    regrets: finite,
    foreignLimits: finite,
    guardLifts: finite,
  }),
);
export type Ledger = t.TypeOf<typeof Ledger>;

export const EMPTY_LEDGER: Ledger = {
  tripwireArmedMs: 0,
  tripwireTrips: 0,
  falseTrips: 0,
  heldMs: 0,
  sharedMemoryCappedMs: 0,
  statementsCancelled: 0,
  cacheDroppedBytes: 0,
  oomKills: 0,
  regrets: 0,
  foreignLimits: 0,
  guardLifts: 0,
};

/** What one event adds. */
const charge = (ledger: Ledger, input: InputEvent): Partial<Ledger> | null => {
  switch (input.type) {
    case 'tripwire.lifted':
      return { tripwireArmedMs: ledger.tripwireArmedMs + input.armedMs };
    case 'tripwire.tripped':
      return { tripwireArmedMs: ledger.tripwireArmedMs + input.armedMs, tripwireTrips: ledger.tripwireTrips + 1 };
    case 'hold.ended':
      return { heldMs: ledger.heldMs + input.heldMs };
    case 'sharedMemory.restored':
      return { sharedMemoryCappedMs: ledger.sharedMemoryCappedMs + input.cappedMs };
    case 'statement.cancelled':
      return { statementsCancelled: ledger.statementsCancelled + 1 };
    case 'limit.foreign':
      return { foreignLimits: ledger.foreignLimits + 1 };
    case 'guard.lifted':
      return { guardLifts: ledger.guardLifts + 1 };
    case 'beat.sampled': {
      const kills = input.readings.cgroup?.oomKillEventsDelta ?? 0;
      return kills === 0 ? null : { oomKills: ledger.oomKills + kills };
    }
    default:
      return null;
  }
};

/** The ledger after an event; the same one when it costs nothing. */
export const accountFor = (ledger: Ledger, input: InputEvent): Ledger => {
  const charged = charge(ledger, input);
  return charged === null ? ledger : { ...ledger, ...charged };
};

/** A shrink that we approved turned out to be too much. */
export const regretted = (ledger: Ledger): Ledger => ({ ...ledger, regrets: ledger.regrets + 1 });

/** memory.high was reached by page cache alone (rule R4). */
export const trippedFalsely = (ledger: Ledger): Ledger => ({ ...ledger, falseTrips: ledger.falseTrips + 1 });
