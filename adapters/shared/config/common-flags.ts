/** Flags of several programs, with the same meaning; those of sizes are in machines/shared/config/size-flags.ts. */
import { KIB } from '../../../machines/shared/units';
import { optional, single, toggle } from '../../../machines/shared/config/flag';
import { bytesFrom } from '../../../machines/shared/config/texts/bytes';
import { oneOf } from '../../../machines/shared/config/texts/words';

/** A log needs room for a few segments to be of use. */
const LEAST_EVENT_LOG_BYTES = 256 * KIB;

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
