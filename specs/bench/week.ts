/**
 * A simulated week at 10 Hz: does a beat cost more, or the state hold more, at its end than at its begin?
 * Machines, shared ones above all, are twice as fast at one minute as at another. So on the last day a
 * monitor that is an hour old folds the same readings in turn with the one that is a week old.
 */
import { saveState } from '../../machines/engine/save';
import type { Readings } from '../../machines/events/readings';
import { MIB, MINUTE_MS } from '../../machines/units';
import { digits, distributionOf, resolution } from './figures';
import { atMost, type Bench, type Row } from './row';
import { SimulatedMonitor, countingSink } from './simulated-monitor';
import { createWorkload, type Workload } from './workload';

const BEAT_MS = 100;
/** Beats whose readings are made ahead, so that only the fold is timed. */
const BATCH = 6_000;
const BATCHES_PER_HOUR = (60 * MINUTE_MS) / BEAT_MS / BATCH;
const BATCHES_PER_DAY = 24 * BATCHES_PER_HOUR;
const DAYS = 7;
const NS_PER_MS = 1e6;

/** Growth beyond this is no noise. */
const MOST_GROWTH = 1.1;
/** Heap after a collection is steady to about this much. */
const HEAP_NOISE_MIB = 1;

/** One figure for each batch. */
interface Stretch {
  readonly nsPerBeat: number[];
  /** Size of the saved state after it: it follows the load, so single moments do not compare. */
  readonly stateBytes: number[];
}

const heapMib = (): number => {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed / MIB;
};

const startMonitor = (): SimulatedMonitor => {
  const monitor = new SimulatedMonitor(countingSink());
  monitor.start();
  return monitor;
};

const makeBatch = (workload: Workload): readonly Readings[] => Array.from({ length: BATCH }, () => workload(BEAT_MS));

const nsPerBeat = (monitor: SimulatedMonitor, batch: readonly Readings[]): number => {
  const begunAt = performance.now();
  for (const readings of batch) monitor.beat(readings, BEAT_MS);
  return ((performance.now() - begunAt) * NS_PER_MS) / BATCH;
};

const stateBytesOf = ({ engine, loop }: SimulatedMonitor): number =>
  Buffer.byteLength(JSON.stringify(saveState(engine, loop.state)));

/** Runs batches on one monitor. */
const run = (monitor: SimulatedMonitor, workload: Workload, batches: number): Stretch => {
  const stretch: Stretch = { nsPerBeat: [], stateBytes: [] };
  for (let i = 0; i < batches; i += 1) {
    stretch.nsPerBeat.push(nsPerBeat(monitor, makeBatch(workload)));
    stretch.stateBytes.push(stateBytesOf(monitor));
  }
  return stretch;
};

interface Pair {
  readonly old: Stretch;
  readonly young: Stretch;
}

/** Runs the same batches on both in turn. */
const runBoth = (old: SimulatedMonitor, young: SimulatedMonitor, workload: Workload, batches: number): Pair => {
  const pair: Pair = { old: { nsPerBeat: [], stateBytes: [] }, young: { nsPerBeat: [], stateBytes: [] } };
  for (let i = 0; i < batches; i += 1) {
    const batch = makeBatch(workload);
    pair.old.nsPerBeat.push(nsPerBeat(old, batch));
    pair.young.nsPerBeat.push(nsPerBeat(young, batch));
    pair.old.stateBytes.push(stateBytesOf(old));
    pair.young.stateBytes.push(stateBytesOf(young));
  }
  return pair;
};

const costRow = (firstDay: Stretch, { old, young }: Pair): Row => {
  const ratios = distributionOf(old.nsPerBeat.map((ns, i) => ns / (young.nsPerBeat[i] ?? NaN)));
  const means = `means of ${digits(BATCH)} beats`;
  return atMost(MOST_GROWTH, {
    name: 'cost of a beat, a week old ÷ an hour old',
    value: ratios.median,
    unit: '×',
    notes: [
      `${resolution(ratios, '×')}; ${means} in turn`,
      `the first day: ${resolution(distributionOf(firstDay.nsPerBeat), 'ns')}`,
      `the last day:  ${resolution(distributionOf(old.nsPerBeat), 'ns')}`,
    ],
  });
};

const heapRow = (firstMib: number, lastMib: number): Row =>
  atMost(HEAP_NOISE_MIB, {
    name: 'heap after gc, sixth day − first day',
    value: lastMib - firstMib,
    unit: 'MiB',
    notes: [`${digits(firstMib)} MiB, then ${digits(lastMib)} MiB; n 1 each`],
  });

const stateRow = ({ old, young }: Pair): Row => {
  const [after, before] = [distributionOf(old.stateBytes), distributionOf(young.stateBytes)];
  return atMost(MOST_GROWTH, {
    name: 'saved state (JSON), a week old ÷ an hour old',
    value: after.median / before.median,
    unit: '×',
    notes: [`a week old: ${resolution(after, 'bytes')}`, `an hour old: ${resolution(before, 'bytes')}`],
  });
};

export const week: Bench = () => {
  const workload = createWorkload('busy');
  const old = startMonitor();
  const firstDay = run(old, workload, BATCHES_PER_DAY);
  const firstMib = heapMib();
  run(old, workload, (DAYS - 2) * BATCHES_PER_DAY);
  const lastMib = heapMib();
  const young = startMonitor();
  run(young, workload, BATCHES_PER_HOUR);
  const lastDay = runBoth(old, young, workload, BATCHES_PER_DAY);
  return Promise.resolve([costRow(firstDay, lastDay), heapRow(firstMib, lastMib), stateRow(lastDay)]);
};
