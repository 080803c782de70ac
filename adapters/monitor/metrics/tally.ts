/** What is counted since the process started: what the engine's state and its protection stats do not keep. */
import { isLeft } from 'fp-ts/Either';
import type { LoggedEvent } from '../../../machines/monitor/events/logged';
import type { Readings } from '../../../machines/monitor/events/readings';
import { decodeFrame } from '../../../machines/shared/protocol/decode';
import { readMonitorFrame } from '../../../machines/shared/protocol/monitor-frames';
import { SIGNALS, SIGNAL_NAMES } from '../../../streams/signals';

const NONE = {
  decisions: 0,
  scaleRequests: 0,
  upscaleRequests: 0,
  grants: 0,
  denials: 0,
  shrinksAgreed: 0,
  shrinksRefused: 0,
  connections: 0,
  samples: 0,
  skippedSamples: 0,
  fileCacheFailures: 0,
};
export type Counts = Readonly<typeof NONE>;

const sentCount = (text: string): keyof Counts | null => {
  const frame = readMonitorFrame(text);
  if (isLeft(frame)) return null;
  const { right: sent } = frame;
  if (sent.type === 'DownscaleResult') return sent.Ok ? 'shrinksAgreed' : 'shrinksRefused';
  if (sent.type === 'UpscaleRequest') return 'upscaleRequests';
  return sent.type === 'ScaleRequest' ? 'scaleRequests' : null;
};

const receivedCount = (text: string): keyof Counts | null => {
  const message = decodeFrame(text);
  if (isLeft(message)) return null;
  if (message.right.type === 'UpscaleNotification') return 'grants';
  return message.right.type === 'ScaleDenied' ? 'denials' : null;
};

/** What an event adds one to. */
const countOf = (event: LoggedEvent): keyof Counts | null => {
  switch (event.type) {
    case 'sample.taken':
      return 'samples';
    case 'size.decided':
      return 'decisions';
    case 'frame.sent':
      return sentCount(event.text);
    case 'frame.received':
      return receivedCount(event.text);
    case 'agent.connected':
      return 'connections';
    case 'fileCache.failed':
      return 'fileCacheFailures';
    default:
      return null;
  }
};

/** Sums of what the readings say has grown, by name of the metric and value of its label. */
export type SignalTotals = Readonly<Record<string, Readonly<Record<string, number>>>>;

const METRICS = SIGNAL_NAMES.flatMap((signal) => SIGNALS[signal].metrics ?? []);
export const SIGNAL_GAUGES = METRICS.filter((metric) => metric.kind === 'gauge');
export const SIGNAL_COUNTERS = METRICS.filter((metric) => metric.kind === 'counter');

export class Tally {
  readonly #counts = { ...NONE };
  readonly #signals = SIGNAL_COUNTERS.map(({ name, grownBy }) => ({ name, grownBy, sums: new Map<string, number>() }));

  get counts(): Counts {
    return this.#counts;
  }

  get signalTotals(): SignalTotals {
    return Object.fromEntries(this.#signals.map(({ name, sums }) => [name, Object.fromEntries(sums)]));
  }

  take(event: LoggedEvent): void {
    const name = countOf(event);
    if (name !== null) this.#counts[name] += 1;
    if (event.type !== 'sample.taken') return;
    this.#counts.skippedSamples += event.skippedSamples;
    this.#grow(event.readings);
  }

  #grow(readings: Readings): void {
    for (const { grownBy, sums } of this.#signals) {
      for (const [label, growth] of Object.entries(grownBy(readings))) {
        if (growth !== undefined) sums.set(label, (sums.get(label) ?? 0) + growth);
      }
    }
  }
}
