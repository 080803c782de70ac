/** What a day of beats takes on the disk, and how much of it the default bound keeps. */
import { readEventLog } from '../../adapters/monitor/runtime/read-event-log';
import { samplingIntervalMs } from '../../machines/monitor/engine/pace';
import { MIB, MINUTE_MS } from '../../machines/shared/units';
import { bytesIn, tempDir } from '../support/event-log';
import { mulberry32 } from '../support/prng';
import { benchConfig } from './bench-config';
import { digits } from './figures';
import { recordLog, type Recording } from './recorded-log';
import { atLeast, type Bench, type Row } from './row';
import { createWorkload } from './workload';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_HOURS = 24;

/** Ten beats a second whatever the state says, each a little early or late, as on a real machine. */
const tenPerSecond = (): (() => number) => {
  const random = mulberry32(2);
  return () => 100 + Math.round(2 * random() - 1);
};

interface Day extends Pick<Recording, 'workload' | 'intervalMs'> {
  readonly name: string;
}

const oldestAt = async (dir: string): Promise<number> => {
  for await (const { at } of readEventLog(dir)) return at;
  throw new Error('the log is empty');
};

const dayRow = async ({ name, workload, intervalMs }: Day): Promise<Row> => {
  const dir = tempDir();
  const maxBytes = benchConfig({}).eventLogMaxBytes;
  const samples = await recordLog(dir, { durationMs: DAY_HOURS * HOUR_MS, workload, intervalMs, writer: { maxBytes } });
  const keptHours = DAY_HOURS - (await oldestAt(dir)) / HOUR_MS;
  const mib = (await bytesIn(dir)) / MIB;
  return atLeast(DAY_HOURS, {
    name,
    value: keptHours,
    unit: 'h',
    notes: [
      `${digits(samples)} samples, ${digits(mib)} MiB on the disk with the newest segment not compressed, bound ${digits(maxBytes / MIB)} MiB`,
      `n 1; a whole day at this rate: ${digits((mib * DAY_HOURS) / keptHours)} MiB`,
    ],
  });
};

export const logSize: Bench = async () => [
  await dayRow({
    name: 'history kept, a busy day at 10 Hz',
    workload: createWorkload('busy'),
    intervalMs: tenPerSecond(),
  }),
  await dayRow({
    name: 'history kept, an idle day at its own pace',
    workload: createWorkload('idle'),
    intervalMs: ({ loop, at }) => samplingIntervalMs(loop.state, at),
  }),
];
