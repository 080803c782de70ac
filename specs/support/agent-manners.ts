/** What a simulated hypervisor, guest and monitor do of themselves, for agent-world.ts. */
import type { AgentCommand, AgentInput } from '../../machines/agent/events';
import type { Size } from '../../machines/shared/events/size';
import { MIB } from '../../machines/shared/units';
import { units } from './chart-events';

/** How a VM's hypervisor, guest and monitor behave; changed at any time. */
export interface VmManners {
  /** What the guest takes and gives, in bytes a millisecond; Infinity: at once. */
  bytesPerMs: number;
  /** Below this the guest gives nothing back. */
  leastBytes: number;
  /** The hypervisor has only whole multiples of so many vCPUs. */
  cpuStep: number;
  /** Every command fails with this reason; null: none does. */
  failure: string | null;
  /** The monitor's answer to a DownscaleRequest; null: silence. */
  agrees: boolean | null;
  confirms: boolean;
}

export interface SentFrame {
  readonly at: number;
  readonly type: string;
  readonly id: number;
  readonly content: Readonly<Record<string, unknown>> & { readonly granted?: Size; readonly target?: Size };
}

export interface SimulatedVm extends VmManners {
  readonly name: string;
  size: Size;
  asked: Size;
  conn: string | null;
  readonly frames: SentFrame[];
  readonly commands: AgentCommand[];
}

export const MANNERS: VmManners = {
  bytesPerMs: Infinity,
  leastBytes: 0,
  cpuStep: 0.25,
  failure: null,
  agrees: true,
  confirms: true,
};
const MEM_STEP_BYTES = 2 * MIB;

type System = Extract<AgentInput, { type: 'metrics.scraped' }>['system'];

/** A request is taken at once; what comes of it takes the guest's time. */
export const outcomeOf = (vm: SimulatedVm, system: System, id: number, command: AgentCommand): AgentInput => {
  const { name } = vm;
  switch (command.type) {
    case 'hypervisor.describe':
      return {
        type: 'hypervisor.described',
        vm: name,
        id,
        min: units(1),
        max: units(16),
        memStepBytes: MEM_STEP_BYTES,
      };
    case 'hypervisor.observe':
      return { type: 'hypervisor.observed', vm: name, id, size: vm.size };
    case 'hypervisor.requestMemory':
      vm.asked = { ...vm.asked, mem: command.memBytes };
      return { type: 'hypervisor.taken', vm: name, id };
    case 'hypervisor.requestCpu':
      vm.asked = { ...vm.asked, cpu: command.cpu };
      return { type: 'hypervisor.taken', vm: name, id };
    case 'metrics.scrape':
      return { type: 'metrics.scraped', vm: name, id, system };
    case 'session.close':
      throw new Error('a close has no outcome');
  }
};

/** What the monitor answers of itself, without the id. */
export const answerOf = ({ confirms, agrees }: VmManners, type: string): object | null => {
  if (type === 'HealthCheck') return confirms ? { type: 'HealthCheck' } : null;
  if (type === 'UpscaleNotification') return confirms ? { type: 'UpscaleConfirmation' } : null;
  if (type !== 'DownscaleRequest' || agrees === null) return null;
  return { type: 'DownscaleResult', Ok: agrees, Status: agrees ? 'there is room' : 'in use' };
};

/** The guest moves towards what was asked for, for so long. */
export const guestMoves = (vm: SimulatedVm, ms: number): void => {
  const wanted = Math.max(vm.asked.mem, Math.min(vm.leastBytes, vm.size.mem));
  const change = wanted - vm.size.mem;
  const most = ms === 0 ? 0 : vm.bytesPerMs * ms;
  const cpu = Math.ceil(vm.asked.cpu / vm.cpuStep) * vm.cpuStep;
  vm.size = { cpu, mem: vm.size.mem + Math.sign(change) * Math.min(Math.abs(change), most) };
};
