/**
 * Everything that is not deterministic enters the core as one of these events (rule R1). Each is
 * logged before it is folded. Names are past tense and dotted; the same word stands in the log, in
 * the statechart and in the docs.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { nullable } from '../../shared/events/nullable';
import { Readings, SourceName } from './readings';

/** The process has started and the fold begins (after log.opened). */
export const MonitorStarted = t.type({ type: t.literal('monitor.started') });

/**
 * One sample. `elapsedMs` is the time since the last sample (0 on the first), `skippedSamples` how many were late. There were
 * looks in between for `unchangedMs` of that time, and they showed what the last sample had shown.
 */
export const SampleTaken = t.intersection([
  t.type({
    type: t.literal('sample.taken'),
    elapsedMs: finite,
    skippedSamples: finite,
    readings: Readings,
  }),
  t.partial({ unchangedMs: finite }),
]);
export type SampleTaken = t.TypeOf<typeof SampleTaken>;

export const SourceLost = t.type({ type: t.literal('source.lost'), source: SourceName, reason: t.string });
export const SourceFound = t.type({ type: t.literal('source.found'), source: SourceName });

/** The kernel notified: memory.events' `high` counter of the cgroup grew by `count`. */
export const MemoryHighReached = t.type({ type: t.literal('memory.high.reached'), count: finite });

/** A peer passed the HTTP checks and its handshake has begun. `conn` is the nonce of that connection. */
export const HandshakeStarted = t.type({ type: t.literal('handshake.started'), conn: t.string, peer: t.string });
export const HandshakeFailed = t.type({ type: t.literal('handshake.failed'), conn: t.string, reason: t.string });

/** The version reply is on its way; from here on this connection is the agent (rule R8). */
export const AgentConnected = t.type({
  type: t.literal('agent.connected'),
  conn: t.string,
  peer: t.string,
  version: t.keyof({ '1.0': null, '1.1': null }),
});
export const AgentLost = t.type({ type: t.literal('agent.lost'), conn: t.string, reason: t.string });

/** A frame after the handshake, as text (secrets redacted). A binary frame has `text` '' and `binary` true. */
export const FrameReceived = t.intersection([
  t.type({ type: t.literal('frame.received'), conn: t.string, text: t.string }),
  t.partial({ binary: t.literal(true) }),
]);

/** Outcomes of commands; `id` is the command's. */
export const FileCacheConnected = t.type({
  type: t.literal('fileCache.connected'),
  id: finite,
  maxBytes: finite,
});
/** A server that answers and has no such cache: vanilla Postgres. Not a failure. Outcome of a connect or a resize. */
export const FileCacheNotOffered = t.type({ type: t.literal('fileCache.notOffered'), id: finite, reason: t.string });
export const FileCacheResized = t.type({ type: t.literal('fileCache.resized'), id: finite, sizeBytes: finite });
export const FileCacheFailed = t.type({ type: t.literal('fileCache.failed'), id: finite, reason: t.string });
export const FileCacheLost = t.type({ type: t.literal('fileCache.lost'), reason: t.string });
/**
 * The working set of the file cache as Postgres estimates it: distinct pages of 8 KiB that were touched in
 * the last 1, 2, … n minutes.
 */
export const WorkingSetSampled = t.type({ type: t.literal('workingSet.sampled'), pages: t.readonlyArray(finite) });
/** Postgres does not report it, or no more; logged when it begins and when the reason changes. */
export const WorkingSetLost = t.type({ type: t.literal('workingSet.lost'), reason: t.string });
/** memory.max stands as the hard limit was asked for. */
export const LimitsApplied = t.type({ type: t.literal('limits.applied'), id: finite });
export const LimitsFailed = t.type({ type: t.literal('limits.failed'), id: finite, reason: t.string });

/** memory.high stands at `highBytes`, above what was in use at that moment. */
export const TripwireArmed = t.type({ type: t.literal('tripwire.armed'), id: finite, highBytes: finite });
export const TripwireLifted = t.type({ type: t.literal('tripwire.lifted'), id: finite, armedMs: finite });
/** The kernel notified, and memory.high was lifted at once by reflex, before anything else was done. */
export const TripwireTripped = t.type({ type: t.literal('tripwire.tripped'), armedMs: finite });
export const TripwireFailed = t.type({ type: t.literal('tripwire.failed'), id: finite, reason: t.string });

const Held = t.type({ pid: finite, growthBytesPerS: finite });
export const ThrottleStarted = t.type({
  type: t.literal('throttle.started'),
  id: finite,
  processes: t.readonlyArray(Held),
});
export const ThrottleEnded = t.type({ type: t.literal('throttle.ended'), id: finite, throttledMs: finite });
export const ThrottleFailed = t.type({ type: t.literal('throttle.failed'), id: finite, reason: t.string });

export const ShmCapApplied = t.type({
  type: t.literal('shmCap.applied'),
  id: finite,
  capBytes: finite,
});
export const ShmCapRemoved = t.type({
  type: t.literal('shmCap.removed'),
  id: finite,
  cappedMs: finite,
});
export const ShmCapFailed = t.type({
  type: t.literal('shmCap.failed'),
  id: finite,
  reason: t.string,
});

export const StatementCancelled = t.type({
  type: t.literal('statement.cancelled'),
  id: finite,
  pid: finite,
  /** Its anonymous memory; until November 2026 with the shared memory that it had touched. */
  rssBytes: finite,
});
export const StatementFailed = t.type({ type: t.literal('statement.failed'), id: finite, reason: t.string });

/** So many CPUs of the guest are online now: as many as were asked for, or more. */
export const CpusApplied = t.type({ type: t.literal('cpus.applied'), id: finite, online: finite });
export const CpusFailed = t.type({ type: t.literal('cpus.failed'), id: finite, reason: t.string });

/** Another writer changed a limit of the cgroup; null: "max". Logged once for each change, never overwritten. */
export const LimitForeign = t.type({
  type: t.literal('limit.foreign'),
  file: t.keyof({ 'memory.high': null, 'memory.max': null }),
  bytes: nullable(finite),
});
/** What a monitor before has left could not be undone; logged at the start, and when the reason changes. It is tried again. */
export const UndoFailed = t.type({ type: t.literal('undo.failed'), reason: t.string });
/** After failures: nothing of a monitor before is left. */
export const UndoCompleted = t.type({ type: t.literal('undo.completed') });
/**
 * Others wait for those who are throttled: sessions for their locks, as the server reports, or (null) for
 * something that shows in the CPU time of the others alone. Logged once for each throttle.
 */
export const ThrottleBlocked = t.type({
  type: t.literal('throttle.blocked'),
  waiting: nullable(finite),
  reason: t.string,
});
/** The watchdog process found us hanging and lifted all that was in place. */
export const WatchdogLifted = t.type({ type: t.literal('watchdog.lifted'), reason: t.string });
/** The watchdog process is gone; until it is back nothing is put in place. */
export const WatchdogLost = t.type({ type: t.literal('watchdog.lost'), reason: t.string });

const elapsed = <Name extends string>(name: Name) => t.type({ type: t.literal(name) });

/** Timers of the statechart that ran out, under names of the domain. */
export const TimerElapsed = t.union([
  /** 100 ms after a connect without a frame: our own requests may begin. */
  elapsed('quiet.over'),
  /** The request is to be sent again (rule R7). */
  elapsed('resend.due'),
  /** No answer to a request for 5 s. */
  elapsed('answer.overdue'),
  /** An approved shrink has not been observed for a minute. */
  elapsed('shrink.overdue'),
  /** The effects of a DownscaleRequest took too long: answer now. */
  elapsed('downscale.overdue'),
  /** A shortage has been over for a while. */
  elapsed('relief.over'),
  elapsed('fileCache.retry.due'),
  elapsed('limits.retry.due'),
  elapsed('tripwire.retry.due'),
  /** The longest throttle is over (--throttle-max-ms). */
  elapsed('throttle.over'),
  /** After a throttle: time to look again. */
  elapsed('throttle.rested'),
  elapsed('throttle.retry.due'),
  /** Shared memory was capped for as long as it may be. */
  elapsed('shmCap.over'),
  elapsed('shmCap.retry.due'),
  /** A cancelled statement has had the time to give its memory back. */
  elapsed('cancel.settled'),
  elapsed('cpus.retry.due'),
]);
export type TimerElapsed = t.TypeOf<typeof TimerElapsed>;
export type TimerName = TimerElapsed['type'];

export const InputEvent = t.union([
  SampleTaken,
  FrameReceived,
  TimerElapsed,
  MemoryHighReached,
  SourceLost,
  SourceFound,
  HandshakeStarted,
  HandshakeFailed,
  AgentConnected,
  AgentLost,
  FileCacheConnected,
  FileCacheNotOffered,
  FileCacheResized,
  FileCacheFailed,
  FileCacheLost,
  WorkingSetSampled,
  WorkingSetLost,
  LimitsApplied,
  LimitsFailed,
  TripwireArmed,
  TripwireLifted,
  TripwireTripped,
  TripwireFailed,
  ThrottleStarted,
  ThrottleEnded,
  ThrottleFailed,
  ShmCapApplied,
  ShmCapRemoved,
  ShmCapFailed,
  StatementCancelled,
  StatementFailed,
  CpusApplied,
  CpusFailed,
  LimitForeign,
  UndoFailed,
  UndoCompleted,
  ThrottleBlocked,
  WatchdogLifted,
  WatchdogLost,
  MonitorStarted,
]);
export type InputEvent = t.TypeOf<typeof InputEvent>;
