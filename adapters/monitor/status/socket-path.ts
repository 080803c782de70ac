/** Where the status socket of a monitor lies: found by the port that its agents connect to. */
import { join } from 'node:path';
import { SECOND_MS } from '../../../machines/shared/units';

/** From the connection until the document is taken; who is slower is hung up on. */
export const STATUS_ANSWER_MS = 2 * SECOND_MS;

/** @param port the one really listened on, never 0 */
export const statusSocketPath = (runtimeDirectory: string, port: number): string =>
  join(runtimeDirectory, `monitor-${port}.sock`);
