/** Which region of the statechart an output or a timer belongs to: each to exactly one. */
import type { MonitorMessage } from '../../machines/shared/protocol/messages';
import type { Command } from '../../machines/monitor/events/outputs';

export type Region =
  | 'agent'
  | 'sizing'
  | 'memory'
  | 'tripwire'
  | 'limits'
  | 'cpus'
  | 'fileCache'
  | 'downscale'
  | 'throttle'
  | 'shmCap'
  | 'cancel';

const FRAMES: Readonly<Record<MonitorMessage['type'], Region | 'nobody'>> = {
  HealthCheck: 'agent',
  InvalidMessage: 'agent',
  ScaleRequest: 'sizing',
  UpscaleRequest: 'sizing',
  UpscaleConfirmation: 'sizing',
  DownscaleResult: 'downscale',
  // The protocol knows it, but the agent would only repeat its request: we never send it.
  InternalError: 'nobody',
};

const COMMANDS: Readonly<Record<Command['type'], Region>> = {
  'connection.close': 'agent',
  'fileCache.connect': 'fileCache',
  'fileCache.resize': 'fileCache',
  'limits.apply': 'limits',
  'cpus.apply': 'cpus',
  'tripwire.arm': 'tripwire',
  'tripwire.lift': 'tripwire',
  'throttle.start': 'throttle',
  'throttle.end': 'throttle',
  'shmCap.apply': 'shmCap',
  'shmCap.remove': 'shmCap',
  'statement.cancel': 'cancel',
};

const TIMERS: Readonly<Record<string, Region>> = {
  quiet: 'agent',
  resend: 'sizing',
  answer: 'sizing',
  shrink: 'sizing',
  relief: 'memory',
  'fileCache.retry': 'fileCache',
  'limits.retry': 'limits',
  'cpus.retry': 'cpus',
  'tripwire.retry': 'tripwire',
  throttle: 'throttle',
  'throttle.rest': 'throttle',
  'throttle.retry': 'throttle',
  shmCap: 'shmCap',
  'shmCap.retry': 'shmCap',
  cancel: 'cancel',
  downscale: 'downscale',
};

const OWNERS: Readonly<Record<string, Region | 'nobody'>> = {
  ...FRAMES,
  ...COMMANDS,
  ...Object.fromEntries(
    Object.entries(TIMERS).flatMap(([id, region]) => [[`+${id}`, region] as const, [`-${id}`, region] as const]),
  ),
};

/** The region behind a frame type, a command type, or a timer ('+id' set, '-id' cancelled). */
export const ownerOf = (done: string): Region => {
  const owner = OWNERS[done];
  if (owner === undefined || owner === 'nobody') throw new Error(`no region may do ${done}`);
  return owner;
};
