/** Event logs as a monitor leaves them: the live core loop on the live log writer, in simulated time. */
import { BUILD_ID } from '../../machines/shared/build-id';
import { readBootId } from '../../adapters/shared/clock';
import type { LogWriterOptions } from '../../adapters/shared/event-log/write';
import { saveState } from '../../machines/monitor/engine/save';
import type { LogOpened } from '../../machines/shared/events/envelope';
import { startWriter, untilNames } from '../support/event-log';
import { SETUP, SimulatedMonitor } from './simulated-monitor';
import type { Workload } from './workload';

export interface Recording {
  /** Simulated. */
  readonly durationMs: number;
  readonly workload: Workload;
  /** Time to the next beat, as the monitor stands. */
  readonly intervalMs: (monitor: SimulatedMonitor) => number;
  /** As the writer takes them; the defaults are a new log and 64 MiB. */
  readonly writer?: Partial<Pick<LogWriterOptions, 'lastSeq' | 'maxBytes'>>;
}

/** Beats between two waits for the disk: some half of what the writer holds in memory. */
const BEATS_PER_FLUSH = 500;

const headOf = ({ engine, loop }: SimulatedMonitor): LogOpened => ({
  type: 'log.opened',
  role: 'monitor',
  wallClock: '2031-01-01T00:00:00.000Z',
  bootId: readBootId('/proc'),
  bootTimeMs: 0,
  build: BUILD_ID,
  config: { engine: SETUP },
  state: saveState(engine, loop.state),
});

const isPlain = (name: string): boolean => name.endsWith('.ndjson');

/** In simulated time segments fill faster than they are compressed; a real monitor never gets ahead like that. */
const untilCompressed = (dir: string): Promise<void> =>
  untilNames(dir, (names) => names.filter(isPlain).length <= 1 && !names.some((name) => name.endsWith('.tmp')));

/** The newest segment stays plain, the others are compressed. Gives the number of beats; throws if a line was lost. */
export const recordLog = async (
  dir: string,
  { durationMs, workload, intervalMs, writer: options }: Recording,
): Promise<number> => {
  let head = (): LogOpened => {
    throw new Error('there is no monitor yet');
  };
  const { writer, heard } = await startWriter(dir, { ...options, head: () => head() });
  const monitor = new SimulatedMonitor(writer);
  head = () => headOf(monitor);
  monitor.start();
  let samples = 0;
  for (; monitor.at < durationMs; samples += 1) {
    const elapsedMs = intervalMs(monitor);
    monitor.beat(workload(elapsedMs), elapsedMs);
    if (samples % BEATS_PER_FLUSH !== 0) continue;
    await writer.flush();
    await untilCompressed(dir);
  }
  await writer.flush();
  await untilCompressed(dir);
  await writer.close();
  if (heard.broken.length > 0) throw new Error(`the log is broken: ${heard.broken.join(', ')}`);
  return samples;
};
