/** The monitor's statechart: its regions side by side. Each region's file begins with its picture. */
import { agentRegion } from './agent.region';
import { initialContext } from './context';
import { cancelRegion } from './cancel.region';
import { cpusRegion } from './cpus.region';
import { takeEscalation } from './escalation';
import { downscaleRegion } from './downscale.region';
import { fileCacheRegion } from './file-cache.region';
import { throttleRegion } from './throttle.region';
import { limitsRegion } from './limits.region';
import { memoryRegion } from './memory.region';
import { monitorSetup } from './setup';
import { sizingRegion } from './sizing.region';
import { shmCapRegion } from './shm-cap.region';
import { tripwireRegion } from './tripwire.region';

/** A loop of eventless transitions is a defect of ours; stop loudly instead of spinning. */
const MAX_MICROSTEPS = 100;

export const monitorMachine = monitorSetup.createMachine({
  id: 'monitor',
  type: 'parallel',
  options: { maxIterations: MAX_MICROSTEPS },
  // XState also calls this without input while it steps a snapshot; the result is thrown away then.
  context: ({ input }) => initialContext(input),
  on: { 'escalation.changed': { actions: takeEscalation } },
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
