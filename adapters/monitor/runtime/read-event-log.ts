import { Envelope } from '../../../machines/monitor/events/logged';
import { readLog } from '../../shared/event-log/read';

/**
 * All envelopes of a monitor's log, a directory or one segment, in their order.
 *
 * @param onNote receives what is passed over: a torn last line, lines that were lost
 * @throws EventLogError, from its iteration, as readLog does
 */
export const readEventLog = (path: string, onNote?: (note: string) => void): AsyncGenerator<Envelope> =>
  readLog(path, Envelope, onNote === undefined ? {} : { onNote });
