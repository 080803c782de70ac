/** The monitor's event log. */
import type { Engine } from '../../../machines/monitor/engine/engine';
import { MONITOR_LOG } from '../../../machines/monitor/engine/replay';
import { resumable } from '../../../machines/monitor/engine/save';
import type { EngineState } from '../../../machines/monitor/engine/state';
import { redactedConfig, type MonitorConfig } from '../config/monitor-config';
import type { Logger } from '../../shared/logging/logger';
import { engineSetup } from './engine-setup';
import { openCoreLog, type OpenCoreLog } from '../../shared/core-loop/open-core-log';

export type OpenLog = OpenCoreLog<EngineState>;

export const openLog = (config: MonitorConfig, engine: Engine, logger: Logger): Promise<OpenLog> =>
  openCoreLog({
    dir: config.eventLogDir,
    maxBytes: config.eventLogMaxBytes,
    procRoot: config.procRoot,
    role: MONITOR_LOG,
    core: resumable(engine),
    config: { ...redactedConfig(config), engine: engineSetup(config) },
    logger,
  });
