/** What keeps Postgres alive when its demand outruns the grant: throttle the fastest-growing backends, cap shared memory, cancel the largest. */
export type { CountWaiting } from './blocked-watch';
export { capObstacle } from '../shm-cap/cap-obstacle';
export { createCanceller, type Canceller, type CancellerOptions } from '../cancel/cancel';
export { createThrottle, type ThrottledProcess, type Throttle, type ThrottleOptions } from './throttle';
export { createShmCap, SHARED_MEMORY_MOUNT, type ShmCap } from '../shm-cap/shm-cap';
