/** From the monitor's settings to those of the core. */
import type { EngineSetup } from '../../machines/engine/state';
import type { MonitorConfig } from '../config/monitor-config';

export const engineSetup = ({ policy, sizing, scaleRequests, sizeFrom }: MonitorConfig): EngineSetup => ({
  policy,
  engine: {
    sizing,
    // File cache and limits have no actors yet, so their regions stay absent.
    chart: { scaleRequests, sizeFrom, fileCache: 'absent', limits: false },
  },
});
