/** What keeps Postgres alive when its need outruns the grant: hold the growers, refuse shared memory, cancel the largest. */
export type { CountWaiting } from './blocked-watch';
export { capObstacle } from './cap-obstacle';
export { createCanceller, type Canceller, type CancellerOptions } from './cancel';
export { createHold, type HeldProcess, type Hold, type HoldOptions } from './hold';
export { createSharedMemory, SHARED_MEMORY_MOUNT, type SharedMemory } from './shared-memory';
