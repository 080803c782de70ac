/** From the monitor's settings to those of the core. */
import type { EngineSetup } from '../../../machines/monitor/engine/state';
import type { MonitorConfig } from '../config/monitor-config';

const fileCache = ({ pgconnstr, fileCacheOnDisk }: MonitorConfig): EngineSetup['engine']['statechart']['fileCache'] => {
  if (pgconnstr === null) return 'absent';
  return fileCacheOnDisk ? 'disk' : 'memory';
};

/** Without a cgroup there is nothing to protect by. */
const protection = ({ cgroup, protect, hardLimit, throttleMaxMs }: MonitorConfig) =>
  cgroup === null
    ? ({ protect: 'observe', hardLimit: false, throttleMaxMs } as const)
    : { protect, hardLimit, throttleMaxMs };

export const engineSetup = (config: MonitorConfig): EngineSetup => {
  const { policy, sizing, scaleRequests, sizeFrom, hotplugCpus } = config;
  return {
    policy,
    engine: {
      sizing,
      statechart: { scaleRequests, sizeFrom, hotplugCpus, fileCache: fileCache(config), ...protection(config) },
    },
  };
};
