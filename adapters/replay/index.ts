/** Replays an event log from the disk (rule R1). */
import { Replay, type Decision, type Divergence } from '../../machines/engine/replay';
import { BUILD_ID } from '../build-id';
import { readEventLog } from '../event-log/read';

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
  readonly first: Divergence | null;
  /** What the reader passed over: a torn last line, lines lost to a full disk. */
  readonly notes: readonly string[];
}

const SILENT: ReplayListener = { decision: () => undefined };

/**
 * Folds a log, a file or a directory, and compares each output. Executes nothing.
 *
 * @throws EventLogError or ReplayError when the log cannot be read: file, line and reason.
 */
export const replayEventLog = async (path: string, listener: ReplayListener = SILENT): Promise<ReplaySummary> => {
  const replay = new Replay(BUILD_ID);
  const notes: string[] = [];
  let events = 0;
  let decisions = 0;
  let divergences = 0;
  let redecided = 0;
  let first: Divergence | null = null;
  for await (const envelope of readEventLog(path, (note) => void notes.push(note))) {
    const taken = replay.take(envelope);
    events += 1;
    if (taken.decision !== null) {
      decisions += 1;
      listener.decision(taken.decision);
    }
    for (const divergence of taken.divergences) {
      if (divergence.otherBuild) redecided += 1;
      else divergences += 1;
      first ??= divergence;
    }
  }
  return { events, decisions, divergences, redecided, first, notes };
};
