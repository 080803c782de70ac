/**
 * What protection has cost and what went wrong, since the first start: kept in the log's heads, so that
 * restarts and reboots do not forget it.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import type { InputEvent } from '../events/inputs';

export const ProtectionStats = t.readonly(
  t.type({
    /** How long memory.high stood below "max", how often it tripped, and how often that was only cache. */
    tripwireArmedMs: finite,
    tripwireTrips: finite,
    falseTrips: finite,
    throttledMs: finite,
    shmCappedMs: finite,
    statementsCancelled: finite,
    /** Page cache of the cgroup that was there when a limit was set and gone when it was lifted. */
    cacheDroppedBytes: finite,
    oomKills: finite,
    /** Shrinks that use grew into. */
    prematureDownscales: finite,
    foreignLimits: finite,
    watchdogLifts: finite,
  }),
);
export type ProtectionStats = t.TypeOf<typeof ProtectionStats>;

export const NO_STATS: ProtectionStats = {
  tripwireArmedMs: 0,
  tripwireTrips: 0,
  falseTrips: 0,
  throttledMs: 0,
  shmCappedMs: 0,
  statementsCancelled: 0,
  cacheDroppedBytes: 0,
  oomKills: 0,
  prematureDownscales: 0,
  foreignLimits: 0,
  watchdogLifts: 0,
};

/** What one event adds. */
const charge = (stats: ProtectionStats, input: InputEvent): Partial<ProtectionStats> | null => {
  switch (input.type) {
    case 'tripwire.lifted':
      return { tripwireArmedMs: stats.tripwireArmedMs + input.armedMs };
    case 'tripwire.tripped':
      return { tripwireArmedMs: stats.tripwireArmedMs + input.armedMs, tripwireTrips: stats.tripwireTrips + 1 };
    case 'throttle.ended':
      return { throttledMs: stats.throttledMs + input.throttledMs };
    case 'shmCap.removed':
      return { shmCappedMs: stats.shmCappedMs + input.cappedMs };
    case 'statement.cancelled':
      return { statementsCancelled: stats.statementsCancelled + 1 };
    case 'limit.foreign':
      return { foreignLimits: stats.foreignLimits + 1 };
    case 'watchdog.lifted':
      return { watchdogLifts: stats.watchdogLifts + 1 };
    case 'sample.taken': {
      const kills = input.readings.cgroup?.oomKillEventsDelta ?? 0;
      return kills === 0 ? null : { oomKills: stats.oomKills + kills };
    }
    default:
      return null;
  }
};

/** The protection stats after an event; the same one when it costs nothing. */
export const accountFor = (stats: ProtectionStats, input: InputEvent): ProtectionStats => {
  const charged = charge(stats, input);
  return charged === null ? stats : { ...stats, ...charged };
};

/** A shrink that we approved turned out to be too much. */
export const withPrematureDownscale = (stats: ProtectionStats): ProtectionStats => ({
  ...stats,
  prematureDownscales: stats.prematureDownscales + 1,
});

/** memory.high was reached by page cache alone (rule R4). */
export const trippedFalsely = (stats: ProtectionStats): ProtectionStats => ({
  ...stats,
  falseTrips: stats.falseTrips + 1,
});
