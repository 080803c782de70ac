/** A monitor's settings from its options, as startMonitor reads them. */
import { isLeft } from 'fp-ts/Either';
import type { MonitorOptions } from '../../adapters/config/from-record';
import { configFromOptions } from '../../adapters/config/load';
import type { MonitorConfig } from '../../adapters/config/monitor-config';
import { processSurroundings } from '../../adapters/config/surroundings';

export const benchConfig = (options: MonitorOptions): MonitorConfig => {
  const config = configFromOptions(options, processSurroundings());
  if (isLeft(config)) throw new Error(config.left);
  return config.right;
};
