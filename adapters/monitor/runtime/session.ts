/** Wires the core loop: senses and agents in, decisions out. */
import { Subject } from 'rxjs';
import type { MonitorTimerChange } from '../../../machines/monitor/engine/statechart-step';
import type { Engine } from '../../../machines/monitor/engine/engine';
import { samplingIntervalMs } from '../../../machines/monitor/engine/pace';
import type { Envelope } from '../../../machines/monitor/events/logged';
import type { EngineState } from '../../../machines/monitor/engine/state';
import type { InputEvent, TimerName } from '../../../machines/monitor/events/inputs';
import type { OutputEvent } from '../../../machines/monitor/events/outputs';
import { noteEvent, NO_NOTES, type StatusNotes } from '../../../machines/monitor/status/notes';
import { workOn } from '../actors';
import { startEffects } from '../actors/effects';
import type { AgentLink } from '../agent-link';
import { FileCache, sampleWorkingSet } from '../postgres';
import type { GuestCpus } from '../guest-cpus';
import type { KernelSources } from '../kernel/sources';
import { watchEnding } from '../logging/ending-lines';
import { watchLack } from '../logging/lack-lines';
import type { Logger } from '../../shared/logging/logger';
import { CoreLoop } from '../../shared/core-loop/core-loop';
import type { Protection } from '../protection';
import type { StatusReport } from '../status/report';
import type { OpenLog } from './open-log';
import { startSenses } from './senses';
import { snapshotOf, type Snapshot } from './snapshot';
import { statusReport, type StatusFacts } from './status-report';
import { Timers } from '../../shared/core-loop/timers';

export interface SessionParts {
  readonly engine: Engine;
  readonly kernel: KernelSources;
  readonly link: AgentLink;
  readonly log: OpenLog;
  /** The Postgres whose file cache is sized; null: none. */
  readonly pgconnstr: string | null;
  readonly protection: Protection;
  /** Brings the guest's CPUs online and offline; asked only with --hotplug-cpus. */
  readonly guestCpus: GuestCpus;
  readonly logger: Logger;
  /** Receives every event from the first one on. */
  readonly observe: (envelope: Envelope) => void;
  readonly fail: (error: unknown) => void;
}

export interface Session {
  readonly loop: CoreLoop<EngineState, InputEvent, OutputEvent, MonitorTimerChange>;
  snapshot(): Snapshot;
  /** For `vm-monitor status`. */
  status(where: Pick<StatusFacts, 'address' | 'cgroup'>): StatusReport;
  /** Folds nothing more; resolves when the actuators are still. */
  stop(): Promise<void>;
}

/** A frame is answered on a sample at most this old (rule R5 allows a second); more often is work for nothing. */
const FRAME_SAMPLE_MS = 100;
/** Whether a frame that comes now needs a newer sample. */
const isStale = ({ domain: { sampledAt } }: EngineState, at: number): boolean =>
  sampledAt === null || at - sampledAt > FRAME_SAMPLE_MS;

/** The boot clock runs ahead of the monotonic one only while the VM is suspended. */
const CLOCK_RESYNC_MS = 5_000;

/** Follows the events for what a snapshot and the status show beside the state. */
class Overview {
  notes: StatusNotes = NO_NOTES;
  notUndone: string | null = null;

  take({ event }: Envelope): void {
    this.notes = noteEvent(this.notes, event);
    if (event.type === 'undo.failed') this.notUndone = event.reason;
    if (event.type === 'undo.completed') this.notUndone = null;
  }
}

interface Effects {
  readonly perform: (output: OutputEvent) => void;
  readonly stop: () => Promise<void>;
}

/** Commands go to their actors, frames to the socket; a decision is only logged. */
const createEffects = (parts: SessionParts, emit: (event: InputEvent) => void): Effects => {
  const { link, pgconnstr, protection, guestCpus, fail } = parts;
  const onLost = (reason: string): void => {
    emit({ type: 'fileCache.lost', reason });
  };
  const fileCache = pgconnstr === null ? null : new FileCache({ dsn: pgconnstr, onLost });
  if (fileCache !== null) protection.actuators?.askServer((pids) => fileCache.countWaiting(pids));
  const stopSampling = fileCache === null ? null : sampleWorkingSet(fileCache, emit);
  const effects = startEffects(workOn({ link, fileCache, actuators: protection.actuators, guestCpus }), emit, fail);
  return {
    perform: (output) => {
      if (output.type === 'frame.sent') link.send(output.conn, output.text);
      if (output.type === 'command.issued') effects.perform(output);
    },
    stop: async () => {
      effects.stop();
      stopSampling?.();
      await Promise.all([fileCache?.close(), protection.stop()]);
    },
  };
};

export const startSession = (parts: SessionParts): Session => {
  const { engine, kernel, link, log, protection, logger, observe, fail } = parts;
  const emit = (event: InputEvent): void => {
    loop.dispatch(event);
  };
  const sampleNow$ = new Subject<void>();
  const settled$ = new Subject<EngineState>();
  const overview = new Overview();
  const timers = new Timers<TimerName>((name) => {
    emit({ type: name });
  });
  const actuators = createEffects(parts, emit);
  const loop = new CoreLoop({
    engine,
    state: log.state,
    now: log.now,
    sink: log.sink,
    perform: actuators.perform,
    setTimer: timers.apply.bind(timers),
    settled: settled$.next.bind(settled$),
    fail,
  });
  for (const watch of [watchEnding(log.now, logger), watchLack(logger)]) settled$.subscribe(watch);
  loop.events.subscribe((envelope) => {
    overview.take(envelope);
    observe(envelope);
  });

  log.follow(() => loop.state);
  emit({ type: 'monitor.started' });
  const subscription = link.events.subscribe((event) => {
    if (event.type === 'frame.received' && isStale(loop.state, log.now())) sampleNow$.next();
    emit(event);
  });
  const sensed = startSenses({
    kernel,
    protection,
    pace: { sampleNow$, intervalMs: () => samplingIntervalMs(loop.state, log.now()), intervalChanged$: settled$ },
    emit,
    state: () => loop.state,
    fail,
  });
  const resync = setInterval(log.resyncClock, CLOCK_RESYNC_MS);

  return {
    loop,
    snapshot: () => snapshotOf(log.now(), loop.state, overview.notes),
    status: (where) => {
      const { notes, notUndone } = overview;
      const facts = { ...where, ...notes, notUndone, at: log.now(), wallClock: new Date().toISOString() };
      return statusReport({ ...facts, engine }, loop.state);
    },
    stop: () => {
      clearInterval(resync);
      sensed.unsubscribe();
      subscription.unsubscribe();
      timers.stop();
      loop.stop();
      return actuators.stop();
    },
  };
};
