/**
 * What the engine knows. All of it but the statechart's snapshot is plain JSON, and the snapshot is made
 * anew from its value and context, so a segment's head carries it all (rule R1).
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import type { SnapshotFrom } from 'xstate';
import { StatechartConfig, MonitorContext } from '../statechart/context';
import type { monitorMachine } from '../statechart/monitor.machine';
import { defaulted } from '../../shared/events/defaulted';
import { absentAsNull, nullable } from '../../shared/events/nullable';
import { Readings } from '../events/readings';
import { Size } from '../../shared/events/size';
import { GrantLatency, UNLEARNED } from './grant-latency';
import { Growth, NO_GROWTH } from '../memory/growth';
import { ArmedWire } from '../memory/high';
import { HotUnplug } from '../memory/hot-unplug';
import { NO_STATS, ProtectionStats } from '../protection/stats';

const Shortage = t.readonly(t.type({ at: finite, useBytes: finite, sizeBytes: finite, fruitless: finite }));

const TimedRequest = t.readonly(
  t.type({
    at: finite,
    direction: t.keyof({ up: null, down: null }),
    /** Granted memory when it was asked for. */
    fromBytes: finite,
    /** The agent has granted; only the kernel has yet to show it. */
    acknowledged: t.boolean,
  }),
);
export type TimedAsk = t.TypeOf<typeof TimedRequest>;

export const LoggedRecommendation = t.readonly(
  t.type({ cpu: nullable(finite), memBytes: nullable(finite), parts: t.record(t.string, finite) }),
);

/** The engine's own memory beside the policy's state and the statechart. */
export const Domain = t.readonly(
  t.type({
    readings: Readings,
    sampledAt: nullable(finite),
    /** Since when samples have come without a gap, and the last of them (rule R12). */
    coveredSince: nullable(finite),
    coveredUntil: nullable(finite),
    growth: Growth,
    /** Of shared memory alone. */
    sharedGrowth: Growth,
    /** The runway that ends the escalation; 0 while there is none. */
    reliefBytes: finite,
    /** The tripwire that stands, or tripped and waits for the sample that shows whether memory was short. */
    wire: nullable(ArmedWire),
    /** When it tripped; null once memory.high.reached has shown why. */
    trippedAt: absentAsNull(finite),
    stats: ProtectionStats,
    /** Page cache of the cgroup when a limit was set; null while none stands. */
    fileBytesAtLimit: nullable(finite),
    /** The file cache's working set (workingSet.sampled), and when it was read. */
    workingSet: absentAsNull(t.readonly(t.type({ at: finite, pages: t.readonlyArray(finite) }))),
    /** Shared memory that is no file cache, as far as it has shown: shared_buffers, and what sessions share. */
    sharedBaseBytes: defaulted(finite, 0),
    /** Memory is being taken out of the VM. */
    hotUnplug: absentAsNull(HotUnplug),
    /** Since when the pressure level would have been a better one; null: it is not. */
    easingSince: nullable(finite),
    /** Page cache that came back after it had been dropped, fading within seconds; and when that was reckoned. */
    refaulted: absentAsNull(t.readonly(t.type({ bytes: finite, at: finite }))),
    /** The last shortage that asked for more, and how many in a row of that kind have helped nothing. */
    shortage: absentAsNull(Shortage),
    /** The kernel itself reported that memory is short (memory.high, an OOM kill); believed until then. */
    shortReportedUntil: finite,
    recommendation: nullable(LoggedRecommendation),
    /** The memory that the policy needs in whole units, and since when that much: null, as long as we know. */
    recommendedMem: nullable(t.readonly(t.type({ bytes: finite, since: nullable(finite) }))),
    decided: nullable(Size),
    latency: GrantLatency,
    /** The request whose grant is being timed. */
    timedRequest: nullable(TimedRequest),
    /** Declared size − MemTotal: what the kernel keeps for itself. */
    bootReserveBytes: nullable(finite),
    /** MemTotal, and since when it has been so under the present granted size; null: not read since that came. */
    totalSince: absentAsNull(t.readonly(t.type({ bytes: finite, since: finite }))),
    /** The kernel shows the granted size. */
    agreed: t.boolean,
    nextCommandId: finite,
  }),
);
export type Domain = t.TypeOf<typeof Domain>;

export const EMPTY_DOMAIN: Domain = {
  readings: {},
  sampledAt: null,
  coveredSince: null,
  coveredUntil: null,
  growth: NO_GROWTH,
  sharedGrowth: NO_GROWTH,
  reliefBytes: 0,
  wire: null,
  trippedAt: null,
  stats: NO_STATS,
  fileBytesAtLimit: null,
  workingSet: null,
  sharedBaseBytes: 0,
  hotUnplug: null,
  easingSince: null,
  refaulted: null,
  shortage: null,
  shortReportedUntil: 0,
  recommendation: null,
  recommendedMem: null,
  decided: null,
  latency: UNLEARNED,
  timedRequest: null,
  bootReserveBytes: null,
  totalSince: null,
  agreed: true,
  nextCommandId: 1,
};

/** The states that the regions are in; at most two levels deep. */
const StatechartValue = t.record(t.string, t.union([t.string, t.record(t.string, t.string)]));

/** The form in which a state is logged. */
export const SavedState = t.readonly(
  t.type({
    policy: t.readonly(t.type({ name: t.string, state: t.unknown })),
    domain: Domain,
    statechart: t.readonly(t.type({ value: StatechartValue, context: MonitorContext })),
  }),
);
export type SavedState = t.TypeOf<typeof SavedState>;

export interface EngineState {
  readonly policy: unknown;
  readonly domain: Domain;
  readonly statechart: SnapshotFrom<typeof monitorMachine>;
}

export const EngineConfig = t.readonly(
  t.type({
    sizing: t.readonly(t.type({ unit: Size, min: Size, max: nullable(Size), independent: t.boolean })),
    statechart: StatechartConfig,
  }),
);
export type EngineConfig = t.TypeOf<typeof EngineConfig>;

/** What a log's head holds of the engine that wrote it: enough to build the same one. */
export const EngineSetup = t.readonly(
  t.type({
    policy: t.keyof({ headroom: null, 'goal-cu': null, 'sliding-max': null }),
    prefer: defaulted(t.keyof({ cost: null, balanced: null, performance: null }), 'balanced'),
    engine: EngineConfig,
  }),
);
export type EngineSetup = t.TypeOf<typeof EngineSetup>;
