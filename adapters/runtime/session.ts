/** Wires the core loop: senses and agents in, decisions out. */
import { Subject } from 'rxjs';
import type { Engine } from '../../machines/engine/engine';
import { beatMs } from '../../machines/engine/pace';
import type { Envelope } from '../../machines/events/envelope';
import type { EngineState } from '../../machines/engine/state';
import type { InputEvent } from '../../machines/events/inputs';
import type { OutputEvent } from '../../machines/events/outputs';
import type { SourceName } from '../../machines/events/readings';
import { sensors, type SensorInputs } from '../../streams/sensors';
import { createActors } from '../actors';
import { startEffects } from '../actors/effects';
import type { AgentLink } from '../agent-link';
import { createFileCache } from '../file-cache';
import { monotonicScheduler } from '../kernel/monotonic-scheduler';
import type { KernelSources } from '../kernel/sources';
import { CoreLoop } from './core-loop';
import type { OpenLog } from './open-log';
import { snapshotOf, type Snapshot } from './snapshot';
import { Timers } from './timers';

export interface SessionParts {
  readonly engine: Engine;
  readonly kernel: KernelSources;
  readonly link: AgentLink;
  readonly log: OpenLog;
  /** The Postgres whose file cache is sized; null: none. */
  readonly pgconnstr: string | null;
  /** Hears every event from the first one on. */
  readonly observe: (envelope: Envelope) => void;
  readonly fail: (error: unknown) => void;
}

export interface Session {
  readonly loop: CoreLoop;
  snapshot(): Snapshot;
  /** Folds nothing more; resolves when the hands are still. */
  stop(): Promise<void>;
}

/** A frame is judged on a sample at most this old (rule R5 allows a second); more often is work for nothing. */
const FRAME_SAMPLE_MS = 100;
/** Whether a frame that comes now should be judged on a newer sample. */
const isStale = ({ domain: { sampledAt } }: EngineState, at: number): boolean =>
  sampledAt === null || at - sampledAt > FRAME_SAMPLE_MS;

const CLOCK_RESYNC_MS = 1_000;

/** Follows the events for what a snapshot shows beside the state. */
class Overview {
  reason: string | null = null;
  readonly missing = new Set<SourceName>();

  take({ event }: Envelope): void {
    if (event.type === 'size.decided') this.reason = event.reason;
    if (event.type === 'source.lost') this.missing.add(event.source);
    if (event.type === 'source.found') this.missing.delete(event.source);
  }
}

interface Hands {
  readonly perform: (output: OutputEvent) => void;
  readonly stop: () => Promise<void>;
}

/** Commands go to their actors, frames to the socket; a decision is only said. */
const createHands = (
  link: AgentLink,
  pgconnstr: string | null,
  tell: (event: InputEvent) => void,
  fail: (error: unknown) => void,
): Hands => {
  const onLost = (reason: string): void => {
    tell({ type: 'fileCache.lost', reason });
  };
  const fileCache = pgconnstr === null ? null : createFileCache({ dsn: pgconnstr, onLost });
  const effects = startEffects(createActors(link, fileCache), tell, fail);
  return {
    perform: (output) => {
      if (output.type === 'frame.sent') link.send(output.conn, output.text);
      if (output.type === 'command.issued') effects.perform(output.id, output.command);
    },
    stop: async () => {
      effects.stop();
      await fileCache?.close();
    },
  };
};

const sense = (kernel: KernelSources, pace: Pick<SensorInputs, 'sampleNow$' | 'intervalMs' | 'intervalChanged$'>) =>
  sensors({ read: (nowMs) => kernel.read(nowMs), notifications$: kernel.notifications, ...pace }, monotonicScheduler);

export const startSession = (parts: SessionParts): Session => {
  const { engine, kernel, link, log, observe, fail } = parts;
  const tell = (event: InputEvent): void => {
    loop.dispatch(event);
  };
  const sampleNow$ = new Subject<void>();
  const settled$ = new Subject<void>();
  const overview = new Overview();
  const timers = new Timers((name) => {
    tell({ type: name });
  });
  const hands = createHands(link, parts.pgconnstr, tell, fail);
  const loop = new CoreLoop({
    engine,
    state: log.state,
    now: log.now,
    sink: log.sink,
    perform: hands.perform,
    setTimer: (change) => {
      timers.apply(change);
    },
    settled: () => {
      settled$.next();
    },
    fail,
  });
  loop.events.subscribe((envelope) => {
    overview.take(envelope);
    observe(envelope);
  });

  log.follow(() => loop.state);
  tell({ type: 'monitor.started' });
  const heard = link.events.subscribe((event) => {
    if (event.type === 'frame.received' && isStale(loop.state, log.now())) sampleNow$.next();
    tell(event);
  });
  const intervalMs = (): number => beatMs(loop.state, log.now());
  const sensed = sense(kernel, { sampleNow$, intervalMs, intervalChanged$: settled$ }).subscribe({
    next: tell,
    error: fail,
  });
  const resync = setInterval(log.resyncClock, CLOCK_RESYNC_MS);

  return {
    loop,
    snapshot: () => snapshotOf(log.now(), loop.state, overview.reason, overview.missing),
    stop: () => {
      clearInterval(resync);
      sensed.unsubscribe();
      heard.unsubscribe();
      timers.stop();
      loop.stop();
      return hands.stop();
    },
  };
};
