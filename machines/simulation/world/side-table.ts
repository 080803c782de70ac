/** The sides that a scenario is played by: who decides, and who grants. */
import { fileCacheOf, type SideParts } from './side-parts';
import { ModelAgent } from './model-agent';
import { OurMonitor } from './our-side';
import { KernelFiles } from './readings-of';
import { ReferenceAgent } from './reference-agent';
import { ReferenceMonitor } from './reference-monitor';
import type { AgentSide } from './sides';
import type { EngineSetup } from '../../monitor/engine/state';

const withReferenceAgent = ({ sizing, hypervisor, agenda, wire }: SideParts): void => {
  wire.agent = new ReferenceAgent(sizing, hypervisor, agenda, wire.toMonitor);
};

type Agents = (parts: SideParts) => AgentSide;

/** Obeys, and gives what the host has to whom asks first. */
const firstCome: Agents = ({ scenario, sizing, hypervisor, agenda, wire, random }) =>
  new ModelAgent(scenario.agent, sizing, hypervisor, agenda, wire.toMonitor, random('requests'));

/** Where VMs share a host, our own. */
const ourAgent: Agents = (parts) => parts.fleetAgent?.serve(parts) ?? firstCome(parts);

/** Our core with one of its policies, and the agent of the scenario. */
const ourCore =
  (policy: EngineSetup['policy'], agentOf: Agents) =>
  (parts: SideParts): void => {
    const { scenario, sizing, vm, agenda, wire, random, observer } = parts;
    const setup: EngineSetup = {
      policy,
      prefer: 'balanced',
      engine: {
        sizing,
        statechart: {
          scaleRequests: 'auto',
          sizeFrom: 'kernel',
          fileCache: scenario.vm.fileCache,
          protect: scenario.monitor.protect,
          hardLimit: false,
          throttleMaxMs: 5_000,
          hotplugCpus: false,
        },
      },
    };
    const files = new KernelFiles(vm, scenario.vm.hasSchedstat, random('instants'));
    wire.monitor = new OurMonitor(setup, vm, files, agenda, wire.toAgent, observer);
    if (scenario.agent.protocol === 'old') withReferenceAgent(parts);
    else wire.agent = agentOf(parts);
  };

export const SIDES = {
  headroom: ourCore('headroom', ourAgent),
  /** Only in a fleet it is another side than headroom. */
  'headroom-first-come': ourCore('headroom', firstCome),
  'sliding-max': ourCore('sliding-max', ourAgent),
  'goal-cu': (parts: SideParts): void => {
    parts.wire.monitor = new ReferenceMonitor(parts.vm, parts.agenda, parts.wire.toAgent);
    withReferenceAgent(parts);
  },
  /** Nobody decides: the VM has the largest size for ever. */
  largest: ({ vm, scenario }: SideParts): void => {
    vm.disk.fileCacheLimitBytes = fileCacheOf(scenario.vm.fileCache, vm.memory.size.totalBytes);
  },
} as const;
export type SideName = keyof typeof SIDES;
export const SIDE_NAMES = Object.keys(SIDES) as readonly SideName[];
