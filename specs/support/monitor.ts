/**
 * The real monitor, as an embedder starts it: on a free port, on a fake kernel tree, with an event log
 * in a temporary directory. (fake-monitor.ts is the other way round: a stand-in for the monitor.)
 *
 *   afterEach(stopMonitors);
 *   const { agent, tree, first } = await startTestMonitor();
 *   tree.setMemAvailableBytes(100 * MIB);
 *   await first('size.decided', ({ desired }) => desired.mem > GIB);
 */
import { filter, firstValueFrom, map, ReplaySubject } from 'rxjs';
import { startMonitor, type Monitor, type MonitorOptions } from '../../adapters/embedding/start-monitor';
import type { Envelope, LoggedEvent } from '../../machines/monitor/events';
import { removeTempDirs, tempDir } from './event-log';
import { createKernelTree, type KernelTree } from './fake-kernel-tree';
import { procStatText } from './kernel-texts';
import { connectAgent, type TestAgent, type TestAgentOptions } from './test-agent';

export type EventOf<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>;
export type EnvelopeOf<T extends LoggedEvent['type']> = Envelope & { readonly event: EventOf<T> };

type AwaitEvent = <T extends LoggedEvent['type']>(
  type: T,
  where?: (event: EventOf<T>) => boolean,
) => Promise<EnvelopeOf<T>>;

export interface RunningMonitor {
  readonly monitor: Monitor;
  readonly tree: KernelTree;
  readonly url: string;
  readonly logDir: string;
  /** All events so far. */
  readonly events: readonly Envelope[];
  /** The first such event, also one that is past; rejects when the monitor stops without one. */
  readonly first: AwaitEvent;
  /** The first such event from now on. */
  readonly next: AwaitEvent;
  readonly agent: (options?: TestAgentOptions) => Promise<TestAgent>;
  readonly stop: () => Promise<void>;
}

export interface TestMonitorSetup {
  /** A fresh one if it is not given; it is removed by stopMonitors in either case. */
  readonly tree?: KernelTree;
  readonly options?: MonitorOptions;
}

/** Twice this unit is the size that a fresh fake tree shows: 2 CPUs, 1 GiB. */
const UNIT = '1,512MiB';

const stops: (() => Promise<void>)[] = [];
const trees = new Set<KernelTree>();

/** Tasks that want to run: more than a calm VM has, so the monitor beats ten times a second, not once. */
const BUSY_PROCS = 5;

/** A tree that stopMonitors removes. */
export const testTree = (): KernelTree => {
  const tree = createKernelTree();
  tree.set('proc/stat', procStatText(0, BUSY_PROCS));
  trees.add(tree);
  return tree;
};

/** The options for a monitor on this tree. */
export const optionsFor = ({ procRoot, cgroupRoot, cgroup }: KernelTree): MonitorOptions => ({
  addr: '127.0.0.1:0',
  cgroup,
  cgroupRoot,
  procRoot,
  computeUnit: UNIT,
});

const isOf =
  <T extends LoggedEvent['type']>(type: T, where: (event: EventOf<T>) => boolean) =>
  (envelope: Envelope): envelope is EnvelopeOf<T> => {
    const { event } = envelope;
    // The type decides which event it is; TypeScript does not narrow a union by a type parameter.
    return event.type === type && where(event as EventOf<T>);
  };

export const startTestMonitor = async ({
  tree = testTree(),
  options = {},
}: TestMonitorSetup = {}): Promise<RunningMonitor> => {
  const logDir = tempDir();
  const stopping = new AbortController();
  const monitor = await startMonitor({ ...optionsFor(tree), eventLog: logDir, ...options }, stopping.signal);
  const events: Envelope[] = [];
  const all = new ReplaySubject<Envelope>();
  monitor.events.subscribe((envelope) => events.push(envelope));
  monitor.events.subscribe(all);
  const awaitEvent =
    (isWanted: (envelope: Envelope) => boolean): AwaitEvent =>
    (type, where = () => true) =>
      firstValueFrom(all.pipe(filter(isWanted), filter(isOf(type, where))));
  const stop = async (): Promise<void> => {
    stopping.abort();
    await monitor.done;
  };
  stops.push(stop);
  const url = `ws://${String(monitor.address)}/monitor`;
  return {
    monitor,
    tree,
    url,
    logDir,
    events,
    first: awaitEvent(() => true),
    next: (type, where) => {
      const lastSeq = events.at(-1)?.seq ?? 0;
      return awaitEvent(({ seq }) => seq > lastSeq)(type, where);
    },
    agent: (agentOptions) => connectAgent(url, agentOptions),
    stop,
  };
};

/** Ends what this file started and removes its files; rejects when a monitor ended by a broken invariant. */
export const stopMonitors = async (): Promise<void> => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  for (const tree of trees) tree.dispose();
  trees.clear();
  removeTempDirs();
};

/** Resolves when the monitor's snapshot is as wanted; looked at after each event. */
export const untilSnapshot = async (
  { monitor, events }: RunningMonitor,
  isWanted: (snapshot: ReturnType<Monitor['snapshot']>) => boolean,
): Promise<void> => {
  if (events.length > 0 && isWanted(monitor.snapshot())) return;
  await firstValueFrom(
    monitor.events.pipe(
      map(() => monitor.snapshot()),
      filter(isWanted),
    ),
  );
};
