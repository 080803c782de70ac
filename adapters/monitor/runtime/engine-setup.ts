/** From the monitor's settings to those of the core. */
import type { EngineSetup } from '../../../machines/monitor/engine/state';
import type { MonitorConfig } from '../config/monitor-config';

const fileCache = ({ pgconnstr, fileCacheOnDisk }: MonitorConfig): EngineSetup['engine']['chart']['fileCache'] => {
  if (pgconnstr === null) return 'absent';
  return fileCacheOnDisk ? 'disk' : 'memory';
};

/** Without a cgroup there is nothing to protect by. */
const protection = ({ cgroup, protect, hardLimit, brakeMs }: MonitorConfig) =>
  cgroup === null ? ({ protect: 'observe', hardLimit: false, brakeMs } as const) : { protect, hardLimit, brakeMs };

export const engineSetup = (config: MonitorConfig): EngineSetup => {
  const { policy, sizing, scaleRequests, sizeFrom, hotplugCpus } = config;
  return {
    policy,
    engine: {
      sizing,
      chart: { scaleRequests, sizeFrom, hotplugCpus, fileCache: fileCache(config), ...protection(config) },
    },
  };
};
