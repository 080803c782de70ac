/**
 * A fleet on one host, as a stand-in: VMs whose use is drawn from a seeded process, monitors of a few lines that request
 * by rules like ours, and a hypervisor that takes its time. The agent's core is the real one.
 */
import { AgentDriver } from '../../machines/agent/driver';
import type { Sharing } from '../../machines/agent/allot';
import { createAgentEngine } from '../../machines/agent/engine';
import type { AgentCommand, AgentInput, AgentOutput } from '../../machines/agent/events';
import { GROWN_LOOKS, STEP_LOOK_MS } from '../../machines/agent/timings';
import type { Size } from '../../machines/shared/events/size';
import { MIB } from '../../machines/shared/units';
import { units } from './chart-events';
import { FleetVm, TICK_MS } from './fleet-vm';
import { mulberry32 } from './prng';

/** From a request for memory until the guest has it, and until it has given 256 MiB back. */
const GROW_MS = 1000;
const SHRINK_MS = 400;
/** A frame or a command on its way. */
const WAY_MS = 1;
const LARGEST = 16;
/** From the request of a VM at risk until it is told of the memory: the agent looks twice. */
export const ONE_GRANT_MS = GROW_MS + GROWN_LOOKS * STEP_LOOK_MS;

export interface FleetOptions {
  readonly vms: number;
  readonly seed: number;
  readonly capacity: Size | null;
  readonly reserve?: Size;
  readonly share?: Sharing;
}

interface Coming {
  readonly at: number;
  readonly happen: () => void;
}

export class Fleet {
  at = 0;
  readonly vms: readonly FleetVm[];
  /** Wanted by all together, added up over the ticks. */
  private wantedBytes = 0;
  private ticks = 0;
  private readonly driver: AgentDriver;
  private coming: Coming[] = [];

  constructor({ vms, seed, capacity, reserve = { cpu: 0, mem: 0 }, share }: FleetOptions) {
    const names = Array.from({ length: vms }, (_, index) => `vm-${index + 1}`);
    this.vms = names.map((name, index) => new FleetVm(name, mulberry32(seed * 1000 + index)));
    const sizing = { unit: units(1), min: units(1), max: units(LARGEST), independent: false };
    const setup = { capacity, reserve, vms: names.map((name) => ({ name, sizing, metrics: false })) };
    this.driver = new AgentDriver(createAgentEngine(setup, share), (output) => {
      this.perform(output);
    });
    this.driver.dispatch(0, { type: 'agent.started' });
    for (const vm of names) this.later(WAY_MS, { type: 'session.opened', vm, conn: `c-${vm}`, version: '1.1' });
  }

  runs(ms: number): this {
    for (const end = this.at + ms; this.at < end; this.at += TICK_MS) {
      this.settle(this.at);
      this.ticks += 1;
      for (const vm of this.vms) this.tick(vm);
    }
    return this;
  }

  /** Of all together. */
  meanWantBytes(): number {
    return this.wantedBytes / this.ticks;
  }

  ooms(): number {
    return this.vms.reduce((sum, { ooms }) => sum + ooms, 0);
  }

  /** How often a VM came to be at risk. */
  risks(): number {
    return this.vms.reduce((sum, { risks }) => sum + risks, 0);
  }

  /** The longest that one of them was at risk. */
  longestRiskMs(): number {
    return Math.max(...this.vms.map(({ longestRiskMs }) => longestRiskMs));
  }

  private tick(vm: FleetVm): void {
    vm.tick(this.at);
    this.wantedBytes += vm.want.mem;
    const request = vm.nextRequest(this.at);
    if (request !== null) this.later(WAY_MS, this.frameOf(vm, { type: 'ScaleRequest', id: 3, ...request }));
  }

  /** What comes and what is due, in its order, up to this instant. */
  private settle(at: number): void {
    for (;;) {
      const due = this.driver.nextDue() ?? Infinity;
      const [first] = this.coming;
      if (Math.min(due, first?.at ?? Infinity) > at) return;
      if (first === undefined || due < first.at) {
        this.at = due;
        this.driver.passTo(due);
      } else {
        this.at = first.at;
        this.coming.shift();
        first.happen();
      }
    }
  }

  private schedule(ms: number, happen: () => void): void {
    const at = this.at + ms;
    const index = this.coming.findIndex((other) => other.at > at);
    this.coming.splice(index < 0 ? this.coming.length : index, 0, { at, happen });
  }

  private later(ms: number, input: AgentInput): void {
    this.schedule(ms, () => {
      this.driver.dispatch(this.at, input);
    });
  }

  private vm(name: string): FleetVm {
    return this.vms.find((vm) => vm.name === name)!;
  }

  private frameOf(vm: FleetVm, frame: object): AgentInput {
    return { type: 'frame.received', vm: vm.name, conn: `c-${vm.name}`, text: JSON.stringify(frame) };
  }

  private perform(output: AgentOutput): void {
    if (output.type === 'frame.sent') this.answer(this.vm(output.vm), output.text);
    if (output.type === 'command.issued') this.carryOut(this.vm(output.vm), output.id, output.command);
  }

  private answer(vm: FleetVm, text: string): void {
    const { type, id, content } = JSON.parse(text) as { type: string; id: number; content: { target: Size } };
    const answers: Readonly<Record<string, () => object>> = {
      HealthCheck: () => ({ type, id }),
      UpscaleNotification: () => ({ type: 'UpscaleConfirmation', id }),
      DownscaleRequest: () => ({ type: 'DownscaleResult', id, Ok: vm.agrees(content.target), Status: '' }),
    };
    const answer = answers[type];
    if (answer !== undefined)
      this.schedule(WAY_MS, () => {
        this.driver.dispatch(this.at, this.frameOf(vm, answer()));
      });
  }

  private carryOut(vm: FleetVm, id: number, command: AgentCommand): void {
    const { name } = vm;
    if (command.type === 'hypervisor.describe') {
      const bounds = { min: units(1), max: units(LARGEST), memStepBytes: 2 * MIB };
      this.later(WAY_MS, { type: 'hypervisor.described', vm: name, id, ...bounds });
    } else if (command.type === 'hypervisor.observe') {
      this.schedule(WAY_MS, () => {
        this.driver.dispatch(this.at, { type: 'hypervisor.observed', vm: name, id, size: vm.size });
      });
    } else {
      this.resize(vm, command);
      this.later(WAY_MS, { type: 'hypervisor.taken', vm: name, id });
    }
  }

  /** CPUs come at once; memory in its time, unless another request counts by then. */
  private resize(vm: FleetVm, command: AgentCommand): void {
    if (command.type === 'hypervisor.requestCpu') vm.takes({ ...vm.size, cpu: command.cpu }, this.at);
    if (command.type !== 'hypervisor.requestMemory') return;
    const { memBytes } = command;
    vm.askedBytes = memBytes;
    this.schedule(memBytes > vm.size.mem ? GROW_MS : SHRINK_MS, () => {
      if (vm.askedBytes === memBytes) vm.takes({ ...vm.size, mem: memBytes }, this.at);
    });
  }
}
