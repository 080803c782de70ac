/** The core as a module, dist/core.js: pure code for a browser, a simulator or whoever judges decisions. See docs/core.md. */
export {
  createMonitorCore,
  openMonitorLog,
  type MonitorCore,
  type MonitorCoreOptions,
  type MonitorCoreState,
  type MonitorCoreStep,
} from './monitor';
export {
  createAgentCore,
  openAgentLog,
  type AgentCore,
  type AgentCoreOptions,
  type AgentCoreState,
  type AgentCoreStep,
  type AgentCoreTimer,
  type VmCoreOptions,
} from './agent';
export { decodeAgentEvent, decodeAgentLine, decodeEvent, decodeLine } from './decode';
export { replay, type CoreReplay } from './replay';
export { ReplayError, type Divergence } from '../shared/core/replay';
export type { LoggedDecision } from '../shared/core/replay-tally';
export type { Explanation } from '../monitor/status/explain';
