/** The event log of a running core, the monitor's or the agent's, or what stands in for it when there is none. */
import * as E from 'fp-ts/Either';
import type { Resumable } from '../../../machines/shared/core/core';
import type { LogRole } from '../../../machines/shared/core/replay';
import { LOG_VERSION, type LineOf, type LogOpened, type Typed } from '../../../machines/shared/events/envelope';
import { BUILD_ID } from '../../../machines/shared/build-id';
import { createBootClock, readBootId, type BootClock } from '../clock';
import { claimLogDirectory, type ClaimedDirectory } from '../event-log/claim';
import { decodeBytes } from '../event-log/decode-line';
import { recoverEventLog, type Recovered } from '../event-log/recover';
import { openLogWriter } from '../event-log/write';
import type { Logger } from '../logging/logger';
import type { EventSink } from './core-loop';
import { whyOthersDecide } from '../own-directory';
import { warmState } from './warm-state';

export interface OpenCoreLog<State> {
  readonly sink: EventSink;
  /** What the core starts with. */
  readonly state: State;
  /** From now on heads of segments bear this state, and no longer the one of the start. */
  readonly follow: (current: () => State) => void;
  readonly now: () => number;
  readonly resyncClock: () => void;
  readonly close: () => Promise<void>;
  /** Where it lies; null without one. */
  readonly dir: string | null;
  /** Whether lines are being lost. */
  readonly isBroken: () => boolean;
}

export interface LogParts<State, Input extends Typed, Output extends Typed> {
  /** Null: no log is kept. */
  readonly dir: string | null;
  readonly maxBytes: number;
  readonly procRoot: string;
  readonly role: LogRole<Input, Output>;
  readonly core: Resumable<State>;
  /** For the heads of segments: without secrets, and with all that `role.open` needs. */
  readonly config: Record<string, unknown>;
  readonly logger: Logger;
}

/** Numbers events without keeping them. */
const countingSink = (): EventSink => {
  let seq = 0;
  const next = (): number => (seq += 1);
  return { appendInput: next, appendOutput: next };
};

/**
 * A sink that takes only what `role` can read again: its codec is tried on each line. What it does not take is a
 * mistake of ours (NaN in a size, say), and as every output is logged before it is performed, the core loop ends
 * before it has any effect.
 *
 * @throws from its methods, naming the event's type and what is wrong
 */
export const checkedSink = <Input extends Typed, Output extends Typed>(
  { line: codec }: LogRole<Input, Output>,
  sink: EventSink,
): EventSink => {
  const checked = (append: EventSink['appendInput']) => (at: number, event: Typed) => {
    const line = { v: LOG_VERSION, seq: 0, at, event };
    if (codec.is(line)) return append(at, event);
    const read = decodeBytes(codec, Buffer.from(JSON.stringify(line)));
    throw new Error(`${event.type} cannot be logged: ${E.isLeft(read) ? read.left : 'a number is not finite'}`);
  };
  return {
    appendInput: checked((at, event) => sink.appendInput(at, event)),
    appendOutput: checked((at, event) => sink.appendOutput(at, event)),
  };
};

/** Boot time and the offset to `at`; never goes back, also where the log's last line is ahead. */
const logClock = (clock: BootClock, offsetMs: number): (() => number) => {
  let last = 0;
  return () => (last = Math.max(last, clock.nowMs() + offsetMs));
};

interface Ready<Line> {
  readonly claimed: ClaimedDirectory;
  readonly recovered: Recovered<Line>;
}

const recover = async <Input extends Typed, Output extends Typed>(
  dir: string,
  { line }: LogRole<Input, Output>,
): Promise<E.Either<string, Ready<LineOf<Input | Output | LogOpened>>>> => {
  const foreign = whyOthersDecide(dir);
  // A link in place of a segment would have root cut or write any file of the system. Another user is only warned.
  if (foreign !== null && process.getuid?.() === 0) return E.left(`${foreign}: root writes nothing there`);
  const claimed = await claimLogDirectory(dir);
  if (E.isLeft(claimed)) return claimed;
  const recovered = await recoverEventLog(claimed.right, line);
  if (E.isRight(recovered)) return E.right({ claimed: claimed.right, recovered: recovered.right });
  await claimed.right.release();
  return recovered;
};

/**
 * Opens the log and warms the state from it. A log that cannot be opened is logged, and the core runs
 * without one.
 */
export const openCoreLog = async <State, Input extends Typed, Output extends Typed>(
  parts: LogParts<State, Input, Output>,
): Promise<OpenCoreLog<State>> => {
  const { dir, maxBytes, procRoot, role, core, config, logger } = parts;
  const clock = createBootClock(procRoot);
  const opened = dir === null ? null : await recover(dir, role);
  if (opened !== null && E.isLeft(opened)) logger.warn('no event log', { reason: opened.left });
  if (opened === null || E.isLeft(opened)) {
    return {
      sink: checkedSink(role, countingSink()),
      state: core.initial,
      follow: () => undefined,
      now: logClock(clock, -clock.nowMs()),
      resyncClock: clock.resync,
      close: () => Promise.resolve(),
      dir: null,
      isBroken: () => false,
    };
  }
  const { claimed, recovered } = opened.right;
  const bootId = readBootId(procRoot);
  const warm = await warmState(role, core, recovered, { id: bootId, nowMs: clock.nowMs() });
  for (const detail of [...recovered.notes, ...warm.notes]) logger.warn('event log', { detail });
  let current = (): State => warm.state;
  const head = (): LogOpened => ({
    type: 'log.opened',
    role: role.name,
    wallClock: new Date().toISOString(),
    bootId,
    bootTimeMs: clock.nowMs(),
    build: BUILD_ID,
    config,
    state: core.save(current()),
  });
  const writer = await openLogWriter({
    directory: claimed,
    maxBytes,
    lastSeq: recovered.lastSeq,
    resumedAfter: recovered.resumedAfter,
    head,
    onNote: (detail) => {
      logger.info('event log', { detail });
    },
    onBroken: (reason) => {
      logger.error('event log broken', { reason });
    },
  });
  return {
    sink: checkedSink(role, writer),
    state: warm.state,
    follow: (latest) => {
      current = latest;
    },
    now: logClock(clock, warm.offsetMs),
    resyncClock: clock.resync,
    close: () => writer.close(),
    dir: claimed.dir,
    isBroken: () => writer.broken,
  };
};
