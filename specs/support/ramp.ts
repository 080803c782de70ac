/** Use that grows on a fake tree: a little more with each beat, until it is told to stop. */
import { MIB } from '../../machines/shared/units';
import { CGROUP_MEMORY, VM_MEMORY } from './kernel-texts';
import type { RunningMonitor } from './monitor';

/** At ten beats a second: 20 MiB/s, which a VM of 1 GiB with 700 MiB available can stand for half a minute. */
const STEP_BYTES = 2 * MIB;

/** Grows from what a fresh tree uses. @returns ends the growth */
export const startRamp = ({ monitor, tree }: RunningMonitor): (() => void) => {
  let grownBytes = 0;
  const samples = monitor.events.subscribe(({ event }) => {
    if (event.type !== 'sample.taken') return;
    grownBytes += STEP_BYTES;
    tree.setMemAvailableBytes(VM_MEMORY.availableBytes - grownBytes);
    tree.setAnonBytes(CGROUP_MEMORY.anonBytes + grownBytes);
  });
  return () => {
    samples.unsubscribe();
  };
};
