/** A size that the VM keeps for a while, because a smaller one was refused or could not be had. */
import type { Size } from '../shared/events/size';
import { startVmTimer, vmSetup } from './setup';

/** The timer only wakes the engine: whether a floor holds follows from its time. */
export const holdFloor = (size: Size, forMs: number): ReturnType<typeof vmSetup.enqueueActions> =>
  vmSetup.enqueueActions(({ event, enqueue }) => {
    const until = event.at + forMs;
    // Above a goal that was decided before: nothing smaller is begun until it is decided anew.
    enqueue.assign(({ context: { goal } }) => ({
      floor: { size, until },
      goal: goal === null ? null : { cpu: Math.max(goal.cpu, size.cpu), mem: Math.max(goal.mem, size.mem) },
    }));
    enqueue(startVmTimer('floor'));
  });
