/** The status socket of a running monitor; one that cannot be had is said, and the monitor goes on (rule R9). */
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
    logger.warn(`${served.left}; vm-monitor status will not find this monitor`);
    return () => Promise.resolve();
  }
  return () => served.right.close();
};
