/** The statechart of one VM: its regions side by side. Each region's file begins with its picture. */
import { assertEvent } from 'xstate';
import { initialVm } from './context';
import { guidanceActions, guidanceRegion } from './guidance.region';
import { hypervisorActions, hypervisorGuards, hypervisorRegion } from './hypervisor.region';
import { metricsActions, metricsGuards, metricsRegion } from './metrics.region';
import { sessionActions, sessionGuards, sessionRegion } from './session.region';
import { vmSetup } from './setup';
import { talkActions, talkGuards, talkRegion } from './talk.region';

const takeGoal = vmSetup.assign(({ event }) => {
  assertEvent(event, 'goal.changed');
  return { goal: event.goal };
});

/** A loop of eventless transitions is a defect of ours; stop loudly instead of spinning. */
const MAX_MICROSTEPS = 100;

export const vmMachine = vmSetup
  .extend({
    actions: {
      takeGoal,
      ...guidanceActions,
      ...hypervisorActions,
      ...metricsActions,
      ...sessionActions,
      ...talkActions,
    },
    guards: { ...hypervisorGuards, ...metricsGuards, ...sessionGuards, ...talkGuards },
  })
  .createMachine({
    id: 'vm',
    type: 'parallel',
    options: { maxIterations: MAX_MICROSTEPS },
    // XState's initialTransition() runs this once more, without input; what comes of it is thrown away.
    context: ({ input }) => initialVm(input),
    on: { 'goal.changed': { actions: 'takeGoal' } },
    states: {
      session: sessionRegion,
      guidance: guidanceRegion,
      // Before talk: what is seen is told within the same step.
      hypervisor: hypervisorRegion,
      talk: talkRegion,
      metrics: metricsRegion,
    },
  });
