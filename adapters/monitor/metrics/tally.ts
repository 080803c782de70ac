/** Counts of events since the process started: what the engine's state and its protection stats do not keep. */
import { isRight } from 'fp-ts/Either';
import * as t from 'io-ts';
import type { LoggedEvent } from '../../../machines/monitor/events/logged';
import { decodeFrame } from '../../../machines/shared/protocol/decode';

export interface Counts {
  readonly decisions: number;
  readonly scaleRequests: number;
  readonly upscaleRequests: number;
  readonly grants: number;
  readonly denials: number;
  readonly shrinksAgreed: number;
  readonly shrinksRefused: number;
  readonly connections: number;
  readonly samples: number;
  readonly skippedSamples: number;
  readonly fileCacheFailures: number;
}

const NONE: Counts = {
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

/** Our own frames, as far as they are counted. */
const Sent = t.union([
  t.type({ type: t.keyof({ ScaleRequest: null, UpscaleRequest: null }) }),
  t.type({ type: t.literal('DownscaleResult'), Ok: t.boolean }),
]);

const sentCount = (text: string): keyof Counts | null => {
  const frame: unknown = JSON.parse(text);
  if (!Sent.is(frame)) return null;
  if (frame.type === 'DownscaleResult') return frame.Ok ? 'shrinksAgreed' : 'shrinksRefused';
  return frame.type === 'ScaleRequest' ? 'scaleRequests' : 'upscaleRequests';
};

const receivedCount = (text: string): keyof Counts | null => {
  const message = decodeFrame(text);
  if (!isRight(message)) return null;
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
  private readonly numbers: { -readonly [K in keyof Counts]: number } = { ...NONE };

  get counts(): Counts {
    return this.numbers;
  }

  take(event: LoggedEvent): void {
    const name = countOf(event);
    if (name !== null) this.numbers[name] += 1;
    if (event.type === 'sample.taken') this.numbers.skippedSamples += event.skippedSamples;
  }
}
