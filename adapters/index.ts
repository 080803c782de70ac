/** The package root: what embedders and tools may use (docs/embedding in README.md). */
export { startMonitor, type Monitor, type MonitorOptions, type Snapshot } from './runtime/start-monitor';
export { fileCacheSize, type FileCacheConfig } from '../machines/file-cache/size';
export { goalComputeUnits } from '../machines/policies/goal-cu/formula';
export { estimateTrueWorkingSetSize, projectNextHighest } from '../machines/policies/goal-cu/working-set';
export { createSlidingMax } from '../machines/policies/sliding-max/requests';
export { readEventLog } from './event-log/read';
export { replayEventLog, type ReplaySummary } from './replay';
export * from '../machines/events';
export { decodeFrame } from '../machines/protocol/decode';
export { encodeFrame } from '../machines/protocol/encode';
export type { AgentMessage, MonitorMessage } from '../machines/protocol/messages';
