/** Counts of events since the process started: what the engine's state and its protection stats do not keep. */
import { isLeft } from 'fp-ts/Either';
import type { LoggedEvent } from '../../../machines/monitor/events/logged';
import { decodeFrame } from '../../../machines/shared/protocol/decode';
import { readMonitorFrame } from '../../../machines/shared/protocol/monitor-frames';

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

export class Tally {
  readonly #numbers = { ...NONE };

  get counts(): Counts {
    return this.#numbers;
  }

  take(event: LoggedEvent): void {
    const name = countOf(event);
    if (name !== null) this.#numbers[name] += 1;
    if (event.type === 'sample.taken') this.#numbers.skippedSamples += event.skippedSamples;
  }
}
