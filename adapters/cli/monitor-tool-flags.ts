/** The flags of the commands beside `run`: those of its rows that concern them, with the same meaning. */
import { JSON_OUTPUT } from '../shared/config/common-flags';
import { FLAGS } from '../monitor/config/flags';

const { addr, cgroup, pgconnstr, eventLog, agentTokenFile, protect, cgroupRoot, procRoot } = FLAGS;

export const STATUS_FLAGS = {
  addr: { ...addr, help: 'as the monitor has it; the port is what counts' },
  json: JSON_OUTPUT,
};
export const DOCTOR_FLAGS = {
  cgroup,
  pgconnstr,
  eventLog,
  agentTokenFile,
  protect,
  cgroupRoot,
  procRoot,
  json: JSON_OUTPUT,
};
export const THAW_FLAGS = { cgroup, cgroupRoot };
