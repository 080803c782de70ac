/** How often the service manager expects a message of ours (sd_watchdog_enabled(3)). */
import * as E from 'fp-ts/Either';
import { MINUTE_MS } from '../../../machines/shared/units';
import type { Variables } from '../../shared/config/environment';

/** A third: one message may be lost and the next be late, and we still live. */
const BEATS_PER_TIMEOUT = 3;
/** Each message is a process: more often would be a load of its own. */
const SHORTEST_MS = 50;
/** Timers of Node end at 24 days; nobody is harmed by a message a minute. */
const LONGEST_MS = MINUTE_MS;

/** Milliseconds between two messages; null: no watchdog, or one for another process. Left: what is wrong with the variable. */
export const watchdogIntervalMs = (environment: Variables, pid: number): E.Either<string, number | null> => {
  const { WATCHDOG_USEC: timeoutUs = '', WATCHDOG_PID: forPid = '' } = environment;
  if (timeoutUs === '' || (forPid !== '' && forPid !== String(pid))) return E.right(null);
  if (!/^[1-9]\d*$/.test(timeoutUs))
    return E.left(
      `WATCHDOG_USEC ${JSON.stringify(timeoutUs)}: expected microseconds such as 10000000; no WATCHDOG=1 is sent`,
    );
  return E.right(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Number(timeoutUs) / 1000 / BEATS_PER_TIMEOUT)));
};
