/** A simulated week at 10 Hz: does a beat cost more, or the state hold more, at its end than at its begin? */
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
const BATCHES_PER_DAY = (24 * 60 * MINUTE_MS) / BEAT_MS / BATCH;
const DAYS = 7;
const NS_PER_MS = 1e6;

/** Growth beyond this is no noise. */
const MOST_GROWTH = 1.1;
/** Heap after a collection is steady to about this much. */
const HEAP_NOISE_MIB = 1;

interface DayEnd {
  /** One figure for each batch. */
  readonly nsPerBeat: readonly number[];
  readonly heapMib: number;
  readonly stateBytes: number;
}

const heapMib = (): number => {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed / MIB;
};

const timeBatch = (monitor: SimulatedMonitor, workload: Workload): number => {
  const batch: Readings[] = Array.from({ length: BATCH }, () => workload(BEAT_MS));
  const begunAt = performance.now();
  for (const readings of batch) monitor.beat(readings, BEAT_MS);
  return ((performance.now() - begunAt) * NS_PER_MS) / BATCH;
};

const runDay = (monitor: SimulatedMonitor, workload: Workload): DayEnd => {
  const nsPerBeat = Array.from({ length: BATCHES_PER_DAY }, () => timeBatch(monitor, workload));
  const stateBytes = JSON.stringify(saveState(monitor.engine, monitor.loop.state)).length;
  return { nsPerBeat, heapMib: heapMib(), stateBytes };
};

const costRow = (first: DayEnd, last: DayEnd): Row => {
  const [before, after] = [distributionOf(first.nsPerBeat), distributionOf(last.nsPerBeat)];
  return atMost(MOST_GROWTH, {
    name: 'cost of a beat, last day ÷ first day',
    value: after.median / before.median,
    unit: '×',
    notes: [
      `first day: ${resolution(before, 'ns')} (means of ${BATCH} beats)`,
      `last day:  ${resolution(after, 'ns')}`,
    ],
  });
};

const heapRow = (first: DayEnd, last: DayEnd): Row =>
  atMost(HEAP_NOISE_MIB, {
    name: 'heap after gc, end of last day − end of first day',
    value: last.heapMib - first.heapMib,
    unit: 'MiB',
    notes: [`${digits(first.heapMib)} MiB, then ${digits(last.heapMib)} MiB; n 1 each`],
  });

const stateRow = (first: DayEnd, days: readonly DayEnd[]): Row => {
  const sizes = days.map(({ stateBytes }) => stateBytes);
  return atMost(MOST_GROWTH, {
    name: 'saved state, last midnight ÷ first midnight',
    value: (sizes.at(-1) ?? NaN) / first.stateBytes,
    unit: '×',
    notes: [`at the end of each day: ${sizes.map(digits).join(', ')} bytes`],
  });
};

export const week: Bench = () => {
  const monitor = new SimulatedMonitor(countingSink());
  monitor.start();
  const workload = createWorkload('busy');
  const days = Array.from({ length: DAYS }, () => runDay(monitor, workload));
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a week has days');
  return Promise.resolve([costRow(first, last), heapRow(first, last), stateRow(first, days)]);
};
