/** The status socket of a running monitor; one that cannot be opened is logged, and the monitor goes on (rule R9). */
import { isLeft } from 'fp-ts/Either';
import type { Logger } from '../../shared/logging/logger';
import { serveStatus } from '../status/serve';
import { statusSocketPath } from '../status/socket-path';
import type { StatusReport } from '../status/report';

/** @returns closes it */
export const openStatus = async (
  runtimeDir: string,
  port: number,
  report: () => StatusReport,
  logger: Logger,
): Promise<() => Promise<void>> => {
  const served = await serveStatus(statusSocketPath(runtimeDir, port), report);
  if (isLeft(served)) {
    logger.warn('status not served', { reason: served.left });
    return () => Promise.resolve();
  }
  return () => served.right.close();
};
