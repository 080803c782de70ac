/** The event log of a running monitor, or what stands in for it when there is none. */
import * as E from 'fp-ts/Either';
import type { Engine } from '../../machines/engine/engine';
import { saveState } from '../../machines/engine/save';
import type { EngineState } from '../../machines/engine/state';
import type { LogOpened } from '../../machines/events/envelope';
import { BUILD_ID } from '../build-id';
import { createBootClock, readBootId, type BootClock } from '../clock';
import { redactedConfig, type MonitorConfig } from '../config/monitor-config';
import { claimLogDirectory, type ClaimedDirectory } from '../event-log/claim';
import { recoverEventLog, type Recovered } from '../event-log/recover';
import { openLogWriter } from '../event-log/write';
import type { Logger } from '../logging/logger';
import type { EventSink } from './core-loop';
import { engineSetup } from './engine-setup';
import { warmState } from './warm-state';

export interface OpenLog {
  readonly sink: EventSink;
  /** What the monitor starts with. */
  readonly state: EngineState;
  /** From now on heads of segments bear this state, and no longer the one of the start. */
  readonly follow: (current: () => EngineState) => void;
  readonly now: () => number;
  readonly resyncClock: () => void;
  readonly close: () => Promise<void>;
  /** Where it lies; null without one. */
  readonly dir: string | null;
  /** Whether lines are being lost. */
  readonly isBroken: () => boolean;
}

/** Numbers events without keeping them. */
const countingSink = (): EventSink => {
  let seq = 0;
  const next = (): number => (seq += 1);
  return { appendInput: next, appendOutput: next };
};

/** Boot time and the offset to `at`; never goes back, also where the log's last line is ahead. */
const logClock = (clock: BootClock, offsetMs: number): (() => number) => {
  let last = 0;
  return () => (last = Math.max(last, clock.nowMs() + offsetMs));
};

const withoutLog = (engine: Engine, clock: BootClock): OpenLog => ({
  sink: countingSink(),
  state: engine.initial,
  follow: () => undefined,
  now: logClock(clock, -clock.nowMs()),
  resyncClock: () => {
    clock.resync();
  },
  close: () => Promise.resolve(),
  dir: null,
  isBroken: () => false,
});

const headOf = (config: MonitorConfig, bootId: string, bootTimeMs: number, state: unknown): LogOpened => ({
  type: 'log.opened',
  role: 'monitor',
  wallClock: new Date().toISOString(),
  bootId,
  bootTimeMs,
  build: BUILD_ID,
  config: { ...redactedConfig(config), engine: engineSetup(config) },
  state,
});

const recover = async (dir: string): Promise<E.Either<string, { claimed: ClaimedDirectory; recovered: Recovered }>> => {
  const claimed = await claimLogDirectory(dir);
  if (E.isLeft(claimed)) return claimed;
  const recovered = await recoverEventLog(claimed.right);
  if (E.isRight(recovered)) return E.right({ claimed: claimed.right, recovered: recovered.right });
  await claimed.right.release();
  return recovered;
};

/**
 * Opens the log and warms the state from it. A log that cannot be opened is said, and the monitor
 * runs without one.
 */
export const openLog = async (config: MonitorConfig, engine: Engine, logger: Logger): Promise<OpenLog> => {
  const clock = createBootClock(config.procRoot);
  const bootId = readBootId(config.procRoot);
  if (config.eventLogDir === null) return withoutLog(engine, clock);
  const opened = await recover(config.eventLogDir);
  if (E.isLeft(opened)) {
    logger.warn(`no event log: ${opened.left}`);
    return withoutLog(engine, clock);
  }
  const { claimed, recovered } = opened.right;
  const warm = await warmState(engine, recovered, { id: bootId, nowMs: clock.nowMs() });
  for (const note of [...recovered.notes, ...warm.notes]) logger.warn(`event log: ${note}`);
  let current = (): EngineState => warm.state;
  const writer = await openLogWriter({
    directory: claimed,
    maxBytes: config.eventLogMaxBytes,
    lastSeq: recovered.lastSeq,
    resumedAfter: recovered.resumedAfter,
    head: () => headOf(config, bootId, clock.nowMs(), saveState(engine, current())),
    onNote: (note) => {
      logger.info(`event log: ${note}`);
    },
    onBroken: (reason) => {
      logger.error(`event log: broken, events are being lost: ${reason}`);
    },
  });
  const now = logClock(clock, warm.offsetMs);
  return {
    sink: writer,
    state: warm.state,
    follow: (latest) => {
      current = latest;
    },
    now,
    resyncClock: () => {
      clock.resync();
    },
    close: () => writer.close(),
    dir: claimed.dir,
    isBroken: () => writer.broken,
  };
};
