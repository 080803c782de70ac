/** Where the status socket of a monitor lies: found by the port that its agents connect to. */
import { join } from 'node:path';

/** @param port the one really listened on, never 0 */
export const statusSocketPath = (runtimeDirectory: string, port: number): string =>
  join(runtimeDirectory, `monitor-${port}.sock`);
