/** Replays an event log from the disk (rule R1), whoever wrote it. */
import { setTimeout } from 'node:timers/promises';
import { ReplayError, type Divergence, type LogRole } from '../../../machines/shared/core/replay';
import {
  ReplayTally,
  type DecisionOf,
  type LoggedDecision,
  type ReplayCounts,
} from '../../../machines/shared/core/replay-tally';
import { MONITOR_LOG, sizeDecision } from '../../../machines/monitor/engine/replay';
import type { Typed } from '../../../machines/shared/events/envelope';
import { BUILD_ID } from '../../../machines/shared/build-id';
import { EventLogError } from '../../shared/event-log/event-log-error';
import { readLog, roleOf } from '../../shared/event-log/read';
import { createWallClock } from '../../shared/event-log/wall-clock';

const text = (value: unknown): string => (value === null ? 'nothing' : JSON.stringify(value));

/** A divergence as one line for people. */
export const describeDivergence = ({ seq, kind, expected, logged }: Divergence<unknown>): string =>
  kind === 'missing'
    ? `before seq ${seq} the log lacks ${text(expected)}`
    : `at seq ${seq} the fold gives ${text(expected)}, the log says ${text(logged)}`;

export interface Decision extends LoggedDecision {
  /** Milliseconds since 1970; null where the log does not show it. */
  readonly wallClockMs: number | null;
}

export interface ReplaySummary extends ReplayCounts {
  readonly first: Divergence<unknown> | null;
  /** What the reader passed over: a torn last line, lines lost to a full disk. */
  readonly notes: readonly string[];
}

export interface ReplayOptions {
  readonly onDecision?: (decision: Decision) => void;
  /**
   * Waits at the end of the log for what is written next, until it is aborted: the summary is wanted of what has been
   * read by then. Without it the replay ends there.
   */
  readonly followUntil?: AbortSignal;
}

/** A monitor writes its lines at least twice a second. */
const LOOK_MS = 250;

/** Resolves to false when it is aborted. */
const waitUnless = (signal: AbortSignal) => (): Promise<boolean> =>
  setTimeout(LOOK_MS, true, { signal }).catch(() => false);

/** What a head holds is decoded by the fold, which does not know where the head stands: the first line of its segment. */
const withPlace = (error: unknown, segment: string): unknown =>
  error instanceof ReplayError ? new EventLogError(segment, 1, error.message) : error;

/** Where a line was changed and the fold shows what that changes, the difference shows more than the damage. */
const whole = (summary: ReplaySummary, damaged: EventLogError | null): ReplaySummary => {
  if (damaged === null) return summary;
  if (summary.first === null) throw damaged;
  return { ...summary, notes: [damaged.message, ...summary.notes] };
};

const fold = async <Input extends Typed, Output extends Typed>(
  path: string,
  role: LogRole<Input, Output>,
  decisionOf: DecisionOf<Output>,
  { onDecision, followUntil }: ReplayOptions,
): Promise<ReplaySummary> => {
  const tally = new ReplayTally(role, decisionOf, BUILD_ID);
  const wallClock = createWallClock();
  const notes: string[] = [];
  let first: Divergence<unknown> | null = null;
  let segment = '';
  let damaged: EventLogError | null = null;
  const options = {
    onDamaged: (fault: EventLogError) => void (damaged ??= fault),
    onNote: (note: string) => void notes.push(note),
    onSegment: (name: string) => void (segment = name),
    ...(followUntil === undefined ? {} : { wait: waitUnless(followUntil) }),
  };
  try {
    for await (const line of readLog(path, role.line, options)) {
      const { decision, divergences } = tally.take(line);
      const wallClockMs = wallClock(line);
      if (decision !== null) onDecision?.({ ...decision, wallClockMs });
      first ??= divergences[0] ?? null;
    }
  } catch (error) {
    throw withPlace(error, segment);
  }
  return whole({ ...tally.counts, first, notes }, damaged);
};

/** A log whose first line cannot be read is nobody's; the monitor's reader says what is wrong with it. */
const writerOf = async (path: string): Promise<'monitor' | 'agent'> => {
  try {
    return await roleOf(path);
  } catch (error) {
    if (error instanceof EventLogError) return 'monitor';
    throw error;
  }
};

/**
 * Folds a log, a file or a directory, and compares each output. Executes nothing.
 *
 * @throws EventLogError when the log cannot be read: file, line and reason.
 */
export const replayEventLog = async (path: string, options: ReplayOptions = {}): Promise<ReplaySummary> => {
  if ((await writerOf(path)) === 'monitor') return fold(path, MONITOR_LOG, sizeDecision, options);
  // Loaded only here: a monitor has no use for it.
  const { AGENT_LOG, grantDecision } = await import('../../../machines/agent/replay');
  return fold(path, AGENT_LOG, grantDecision, options);
};
