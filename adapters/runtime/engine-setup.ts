/** From the monitor's settings to those of the core. */
import type { EngineSetup } from '../../machines/engine/state';
import type { MonitorConfig } from '../config/monitor-config';

const fileCache = ({ pgconnstr, fileCacheOnDisk }: MonitorConfig): EngineSetup['engine']['chart']['fileCache'] => {
  if (pgconnstr === null) return 'absent';
  return fileCacheOnDisk ? 'disk' : 'memory';
};

export const engineSetup = (config: MonitorConfig): EngineSetup => {
  const { policy, sizing, scaleRequests, sizeFrom } = config;
  // Limits have no actor yet, so their region stays absent.
  return {
    policy,
    engine: { sizing, chart: { scaleRequests, sizeFrom, fileCache: fileCache(config), limits: false } },
  };
};
