/** The monitor for embedding in another program. */
import * as E from 'fp-ts/Either';
import { configFromOptions, type MonitorOptions } from '../monitor/config/load';
import type { Monitor } from '../monitor/runtime/monitor';
import { processEnvironment } from '../shared/config/environment';
import type { Logger } from '../shared/logging/logger';
import { runWithAgent } from './with-agent';

export type { Monitor, MonitorOptions };
export type { Snapshot } from '../monitor/runtime/snapshot';

/** An embedder's output is its own: it gets what happens through `Monitor.events`. */
const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Starts a monitor that runs until `signal` aborts.
 *
 * @param options the command line's flags as camelCase keys (docs/operating.md)
 * @returns (rejects) one line that names an unknown key or a bad value and what is allowed, or why the monitor cannot start
 */
export const startMonitor = async (options: MonitorOptions, signal: AbortSignal): Promise<Monitor> => {
  const config = configFromOptions(options, processEnvironment());
  if (E.isLeft(config)) throw new Error(config.left);
  return runWithAgent(config.right, signal, { logger: SILENT, observe: () => undefined });
};
