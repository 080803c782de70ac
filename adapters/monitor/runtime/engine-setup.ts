/** From the monitor's settings to those of the core. */
import { setupOf } from '../../../machines/monitor/config/setup';
import type { EngineSetup } from '../../../machines/monitor/engine/state';
import type { MonitorConfig } from '../config/monitor-config';

const fileCache = ({ pgconnstr, fileCacheOnDisk }: MonitorConfig): EngineSetup['engine']['statechart']['fileCache'] => {
  if (pgconnstr === null) return 'absent';
  return fileCacheOnDisk ? 'disk' : 'memory';
};

/** Without a cgroup there is nothing to protect by. */
const protection = ({ cgroup, protect, hardLimit }: MonitorConfig) =>
  cgroup === null ? ({ protect: 'observe', hardLimit: false } as const) : { protect, hardLimit };

export const engineSetup = (config: MonitorConfig): EngineSetup =>
  setupOf({ ...config, ...protection(config) }, fileCache(config));
