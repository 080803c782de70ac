/** A monitor's settings from its options, as startMonitor reads them. */
import { isLeft } from 'fp-ts/Either';
import { configFromOptions, type MonitorOptions } from '../../adapters/monitor/config/load';
import type { MonitorConfig } from '../../adapters/monitor/config/monitor-config';
import { processEnvironment } from '../../adapters/shared/config/environment';

export const benchConfig = (options: MonitorOptions): MonitorConfig => {
  const config = configFromOptions(options, processEnvironment());
  if (isLeft(config)) throw new Error(config.left);
  return config.right;
};
