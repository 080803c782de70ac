/** Replays an event log from the disk (rule R1), whoever wrote it. */
import type { Divergence, LogRole } from '../../machines/core/replay';
import { Replay } from '../../machines/core/replay';
import { MONITOR_LOG } from '../../machines/engine/replay';
import type { Typed } from '../../machines/events/envelope';
import type { Size } from '../../machines/events/size.codec';
import { BUILD_ID } from '../build-id';
import { EventLogError } from '../event-log/event-log-error';
import { readLog, roleOf } from '../event-log/read';

/** A size that was decided: the monitor's wish, or what the agent gives one of its VMs. */
export interface Decision {
  readonly seq: number;
  readonly at: number;
  /** Only an agent decides for several. */
  readonly vm?: string;
  readonly desired: Size;
  readonly reason: string;
}

export interface ReplayListener {
  readonly decision: (decision: Decision) => void;
}

export interface ReplaySummary {
  /** Lines read. */
  readonly events: number;
  readonly decisions: number;
  /** Outputs of this build's own log that the fold did not produce alike. */
  readonly divergences: number;
  /** The same for lines that another build wrote. */
  readonly redecided: number;
  readonly first: Divergence<unknown> | null;
  /** What the reader passed over: a torn last line, lines lost to a full disk. */
  readonly notes: readonly string[];
}

const SILENT: ReplayListener = { decision: () => undefined };

type DecisionOf<Output> = (output: Output) => Omit<Decision, 'seq' | 'at'> | null;

const fold = async <Input extends Typed, Output extends Typed>(
  path: string,
  role: LogRole<Input, Output>,
  decisionOf: DecisionOf<Output>,
  listener: ReplayListener,
): Promise<ReplaySummary> => {
  const replay = new Replay(role, BUILD_ID);
  const notes: string[] = [];
  const counted = { events: 0, decisions: 0, divergences: 0, redecided: 0 };
  let first: Divergence<unknown> | null = null;
  for await (const line of readLog(path, role.line, (note) => void notes.push(note))) {
    const { decided, divergences } = replay.take(line);
    counted.events += 1;
    const decision = decided === null ? null : decisionOf(decided);
    if (decision !== null) {
      counted.decisions += 1;
      listener.decision({ seq: line.seq, at: line.at, ...decision });
    }
    for (const divergence of divergences) {
      counted[divergence.otherBuild ? 'redecided' : 'divergences'] += 1;
      first ??= divergence;
    }
  }
  return { ...counted, first, notes };
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
 * @throws EventLogError or ReplayError when the log cannot be read: file, line and reason.
 */
export const replayEventLog = async (path: string, listener: ReplayListener = SILENT): Promise<ReplaySummary> => {
  if ((await writerOf(path)) === 'agent') {
    // Loaded only here: a monitor has no use for it.
    const { AGENT_LOG } = await import('../../machines/agent/replay');
    return fold(
      path,
      AGENT_LOG,
      (output) =>
        output.type === 'grant.decided' ? { vm: output.vm, desired: output.target, reason: output.reason } : null,
      listener,
    );
  }
  return fold(
    path,
    MONITOR_LOG,
    (output) => (output.type === 'size.decided' ? { desired: output.desired, reason: output.reason } : null),
    listener,
  );
};
