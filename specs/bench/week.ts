/**
 * A simulated week at 10 Hz: does a beat cost more, or the state hold more, at its end than at its begin?
 * Machines, shared ones above all, are twice as fast at one minute as at another. So on the last day a
 * monitor that is an hour old folds the same readings in turn with the one that is a week old.
 */
import { saveState } from '../../machines/monitor/engine/save';
import type { Readings } from '../../machines/monitor/events/readings';
import { MIB, MINUTE_MS } from '../../machines/shared/units';
import { digits, distributionOf, resolution, type Distribution } from './figures';
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

const heapMib = (): number => {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed / MIB;
};

/** A monitor, and one figure for each batch that it folded since the last `forget`. */
class Observed {
  private readonly monitor = new SimulatedMonitor(countingSink());
  readonly nsPerBeat: number[] = [];
  /** Size of the saved state: it follows the load, so single moments do not compare. */
  readonly stateBytes: number[] = [];

  constructor() {
    this.monitor.start();
  }

  fold(batch: readonly Readings[]): void {
    const begunAt = performance.now();
    for (const readings of batch) this.monitor.beat(readings, BEAT_MS);
    this.nsPerBeat.push(((performance.now() - begunAt) * NS_PER_MS) / batch.length);
    const state = saveState(this.monitor.engine, this.monitor.loop.state);
    this.stateBytes.push(Buffer.byteLength(JSON.stringify(state)));
  }

  forget(): void {
    this.nsPerBeat.length = 0;
    this.stateBytes.length = 0;
  }
}

/** Each batch goes to all of them in turn. */
const runAll = (all: readonly Observed[], workload: Workload, batches: number): void => {
  for (let i = 0; i < batches; i += 1) {
    const batch = Array.from({ length: BATCH }, () => workload(BEAT_MS));
    for (const one of all) one.fold(batch);
  }
};

const costRow = (firstDay: Distribution, old: Observed, young: Observed): Row => {
  const ratios = distributionOf(old.nsPerBeat.map((ns, i) => ns / (young.nsPerBeat[i] ?? NaN)));
  return atMost(MOST_GROWTH, {
    name: 'cost of a sample, a week old ÷ an hour old',
    value: ratios.median,
    unit: '×',
    notes: [
      `${resolution(ratios, '×')}; means of ${digits(BATCH)} samples in turn`,
      `first day: ${resolution(firstDay, 'ns')}`,
      `last day:  ${resolution(distributionOf(old.nsPerBeat), 'ns')}`,
    ],
  });
};

const heapRow = (firstMib: number, lastMib: number): Row =>
  atMost(HEAP_NOISE_MIB, {
    name: 'heap after gc, end of the week − end of its first day',
    value: lastMib - firstMib,
    unit: 'MiB',
    notes: [`${digits(firstMib)} MiB, then ${digits(lastMib)} MiB with the second monitor; n 1 each`],
  });

const stateRow = (old: Observed, young: Observed): Row => {
  const [after, before] = [distributionOf(old.stateBytes), distributionOf(young.stateBytes)];
  return atMost(MOST_GROWTH, {
    name: 'saved state (JSON), a week old ÷ an hour old',
    value: after.median / before.median,
    unit: '×',
    notes: [`a week old:  ${resolution(after, 'bytes')}`, `an hour old: ${resolution(before, 'bytes')}`],
  });
};

export const week: Bench = () => {
  const workload = createWorkload('busy');
  const old = new Observed();
  runAll([old], workload, BATCHES_PER_DAY);
  const firstDay = distributionOf(old.nsPerBeat);
  const firstMib = heapMib();

  runAll([old], workload, (DAYS - 2) * BATCHES_PER_DAY - BATCHES_PER_HOUR);
  const young = new Observed();
  runAll([old, young], workload, BATCHES_PER_HOUR);
  old.forget();
  young.forget();
  runAll([old, young], workload, BATCHES_PER_DAY);
  return Promise.resolve([costRow(firstDay, old, young), heapRow(firstMib, heapMib()), stateRow(old, young)]);
};
