/** The monitor's own process: where it lives, and how it stays alive (rule R13). */
export { OWN_MIN_BYTES } from './memory-min';
export { OWN_OOM_SCORE_ADJ, protectOwnMemory } from './protect-memory';
export { keepHeapSmall } from './keep-heap-small';
export { isInside, ownCgroup } from './own-cgroup';
