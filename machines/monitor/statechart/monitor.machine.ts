/** The monitor's statechart: its regions side by side. Each region's file begins with its picture. */
import { assertEvent } from 'xstate';
import { agentActions, agentGuards, agentRegion } from './agent.region';
import { cancelGuards, cancelRegion } from './cancel.region';
import { initialContext } from './context';
import { cpusActions, cpusGuards, cpusRegion } from './cpus.region';
import { downscaleActions } from './downscale.actions';
import { downscaleGuards, downscaleRegion } from './downscale.region';
import { fileCacheActions, fileCacheGuards, fileCacheRegion } from './file-cache.region';
import { limitsActions, limitsGuards, limitsRegion } from './limits.region';
import { memoryActions, memoryGuards, memoryRegion } from './memory.region';
import { monitorSetup } from './setup';
import { shmCapGuards, shmCapRegion } from './shm-cap.region';
import { sizingActions } from './sizing.actions';
import { sizingGuards, sizingRegion } from './sizing.region';
import { throttleActions, throttleGuards, throttleRegion } from './throttle.region';
import { tripwireActions, tripwireGuards, tripwireRegion } from './tripwire.region';

/** A loop of eventless transitions is a defect of ours; stop loudly instead of spinning. */
const MAX_MICROSTEPS = 100;

/** What the regions of protection share: the engine's word on how near the OOM killer is. */
const takeEscalation = monitorSetup.assign(({ event }) => {
  assertEvent(event, 'escalation.changed');
  return { escalation: event.level };
});

export const monitorMachine = monitorSetup
  .extend({
    actions: {
      takeEscalation,
      ...agentActions,
      ...sizingActions,
      ...memoryActions,
      ...tripwireActions,
      ...limitsActions,
      ...cpusActions,
      ...fileCacheActions,
      ...downscaleActions,
      ...throttleActions,
    },
    guards: {
      ...agentGuards,
      ...sizingGuards,
      ...memoryGuards,
      ...tripwireGuards,
      ...limitsGuards,
      ...cpusGuards,
      ...fileCacheGuards,
      ...downscaleGuards,
      ...throttleGuards,
      ...shmCapGuards,
      ...cancelGuards,
    },
  })
  .createMachine({
    id: 'monitor',
    type: 'parallel',
    options: { maxIterations: MAX_MICROSTEPS },
    // XState's initialTransition() runs this once more, without input; what comes of it is thrown away.
    context: ({ input }) => initialContext(input),
    on: { 'escalation.changed': { actions: 'takeEscalation' } },
    states: {
      agent: agentRegion,
      sizing: sizingRegion,
      memory: memoryRegion,
      // After an upscale limits go first, then CPUs, then the file cache.
      tripwire: tripwireRegion,
      limits: limitsRegion,
      cpus: cpusRegion,
      fileCache: fileCacheRegion,
      downscale: downscaleRegion,
      throttle: throttleRegion,
      shmCap: shmCapRegion,
      cancel: cancelRegion,
    },
  });
