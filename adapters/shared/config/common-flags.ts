/** Flags that the monitor and the agent both have, with the same meaning. */
import { KIB } from '../../../machines/shared/units';
import { optional, single, toggle } from './flag';
import { bytesFrom } from './texts/bytes';
import { size } from './texts/size';
import { oneOf } from './texts/words';

/** A log needs room for a few segments to be of use. */
const LEAST_EVENT_LOG_BYTES = 256 * KIB;

export const SIZE_FLAGS = {
  computeUnit: single({ value: 'CPU,MEM', default: '0.25,1GiB', help: 'step of sizes, in vCPU and bytes' }, size),
  independent: toggle({ help: 'CPU and memory move in their own steps, not together' }),
  minSize: optional({ value: 'CPU,MEM', default: 'one unit', help: 'smallest size, rounded up to whole units' }, size),
};

export const EVENT_LOG_MAX = single(
  { value: 'BYTES', default: '64MiB', help: 'bound of the event log on disk; the oldest segments go first' },
  bytesFrom(LEAST_EVENT_LOG_BYTES, '256KiB'),
);

export const LOG_FORMAT = optional(
  { value: 'json|pretty', default: 'pretty on a terminal, else json', help: 'log lines on stdout' },
  oneOf('json', 'pretty'),
);

export const LOG_TIME = single(
  {
    value: 'utc|local',
    default: 'utc',
    help: 'time in readable log lines: UTC, or local time with its distance from UTC',
  },
  oneOf('utc', 'local'),
);

export const JSON_OUTPUT = toggle({ help: 'JSON for programs instead of text for people' });
