/** The package root: what embedders and tools may use (docs/embedding in README.md). */
export { startMonitor, type Monitor, type MonitorOptions, type Snapshot } from './embedding/start-monitor';
export { fileCacheSize, type FileCacheConfig } from '../machines/monitor/memory/file-cache-size';
export { goalComputeUnits } from '../machines/shared/goal-cu/formula';
export { estimateTrueWorkingSetSize, projectNextHighest } from '../machines/shared/goal-cu/working-set';
export { createSlidingMax } from '../machines/monitor/policies/sliding-max/requests';
export { readEventLog } from './monitor/runtime/read-event-log';
export { replayEventLog, type ReplaySummary } from './tools/replay';
export * from '../machines/monitor/events';
export { decodeFrame } from '../machines/shared/protocol/decode';
export { encodeFrame } from '../machines/shared/protocol/encode';
export type { AgentMessage, MonitorMessage } from '../machines/shared/protocol/messages';
