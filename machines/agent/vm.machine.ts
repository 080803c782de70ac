/** The statechart of one VM: its regions side by side. Each region's file begins with its picture. */
import { assertEvent } from 'xstate';
import { initialVm } from './context';
import { guidanceRegion } from './guidance.region';
import { hypervisorRegion } from './hypervisor.region';
import { metricsRegion } from './metrics.region';
import { sessionRegion } from './session.region';
import { vmSetup } from './setup';
import { talkRegion } from './talk.region';

const takeGoal = vmSetup.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'goal.changed');
  enqueue.assign({ goal: event.goal });
});

/** A loop of eventless transitions is a defect of ours; stop loudly instead of spinning. */
const MAX_MICROSTEPS = 100;

export const vmMachine = vmSetup.createMachine({
  id: 'vm',
  type: 'parallel',
  options: { maxIterations: MAX_MICROSTEPS },
  // XState also calls this without input while it steps a snapshot; the result is thrown away then.
  context: ({ input }) => initialVm(input),
  on: { 'goal.changed': { actions: takeGoal } },
  states: {
    session: sessionRegion,
    guidance: guidanceRegion,
    // Before talk: what is observed is sent within the same step.
    hypervisor: hypervisorRegion,
    talk: talkRegion,
    metrics: metricsRegion,
  },
});
