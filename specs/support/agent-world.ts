/**
 * The agent's core in simulated time, with monitors and hypervisors that do as they are told. Fakes,
 * because a guest that gives memory slowly, or never, cannot be had on demand.
 *
 *   const world = agentWorld({ vms: ['a'] }).connects('a').wishes('a', units(4)).runs(1000);
 *   expect(world.vm('a').size).toEqual(units(4));
 */
import type { AgentStep } from '../../machines/agent/engine';
import { createAgentEngine, type AgentEngine } from '../../machines/agent/engine';
import type { AgentCommand, AgentInput, AgentOutput, AgentTimerName } from '../../machines/agent/events';
import type { VmContext } from '../../machines/agent/context';
import type { AgentState } from '../../machines/agent/state';
import type { Size } from '../../machines/events/size.codec';
import { GIB, MIB } from '../../machines/units';
import { units } from './chart-events';

/** How a VM's hypervisor, guest and monitor behave; changed at any time. */
export interface VmManners {
  /** What the guest takes and gives, in bytes a millisecond; Infinity: at once. */
  bytesPerMs: number;
  /** Below this the guest gives nothing back. */
  leastBytes: number;
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

export interface WorldStep {
  readonly at: number;
  readonly input: AgentInput;
  readonly before: AgentState;
  readonly step: AgentStep;
  /** What each VM really had when the input came. */
  readonly sizes: ReadonlyMap<string, Size>;
}

interface Vm extends VmManners {
  readonly name: string;
  size: Size;
  asked: Size;
  conn: string | null;
  readonly frames: SentFrame[];
  readonly commands: AgentCommand[];
}

export interface WorldOptions {
  readonly vms?: readonly string[];
  readonly capacity?: Size | null;
  readonly initial?: Size;
  readonly metrics?: boolean;
  readonly independent?: boolean;
}

const MANNERS: VmManners = { bytesPerMs: Infinity, leastBytes: 0, failure: null, agrees: true, confirms: true };
const MEM_STEP_BYTES = 2 * MIB;

export class AgentWorld {
  readonly engine: AgentEngine;
  readonly steps: WorldStep[] = [];
  readonly outputs: AgentOutput[] = [];
  at = 0;
  state: AgentState;
  private readonly vms = new Map<string, Vm>();
  private readonly timers = new Map<string, { readonly at: number; readonly input: AgentInput }>();
  private readonly coming: { readonly at: number; readonly input: AgentInput }[] = [];
  private connections = 0;

  constructor({
    vms = ['a'],
    capacity = null,
    initial = units(1),
    metrics = false,
    independent = false,
  }: WorldOptions) {
    const sizing = { unit: units(1), min: units(1), max: units(16), independent };
    this.engine = createAgentEngine({ capacity, vms: vms.map((name) => ({ name, sizing, metrics })) });
    this.state = this.engine.initial;
    for (const name of vms) {
      const rest = { name, size: initial, asked: initial, conn: null, frames: [], commands: [] };
      this.vms.set(name, { ...MANNERS, ...rest });
    }
    this.input({ type: 'agent.started' }).runs(10);
  }

  vm(name: string): Vm {
    const vm = this.vms.get(name);
    if (vm === undefined) throw new Error(`no VM ${name}`);
    return vm;
  }

  context(name: string): VmContext {
    return this.state.vms[name]!.chart.context;
  }

  frames(name: string, type: string): SentFrame[] {
    return this.vm(name).frames.filter((frame) => frame.type === type);
  }

  /** What was decided for a VM, newest last. */
  grants(name: string): Extract<AgentOutput, { type: 'grant.decided' }>[] {
    return this.outputs.flatMap((output) => (output.type === 'grant.decided' && output.vm === name ? [output] : []));
  }

  behaves(name: string, manners: Partial<VmManners>): this {
    Object.assign(this.vm(name), manners);
    return this;
  }

  connects(name: string, version: '1.0' | '1.1' = '1.1'): this {
    const vm = this.vm(name);
    this.loses(name);
    this.connections += 1;
    vm.conn = `c${this.connections}`;
    return this.input({ type: 'session.opened', vm: name, conn: vm.conn, version });
  }

  loses(name: string): this {
    const vm = this.vm(name);
    const { conn } = vm;
    vm.conn = null;
    return conn === null ? this : this.input({ type: 'session.lost', vm: name, conn, reason: 'closed: 1006' });
  }

  /** A frame of the monitor on the present connection. */
  hears(name: string, frame: object | string): this {
    const { conn } = this.vm(name);
    if (conn === null) return this;
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    return this.input({ type: 'frame.received', vm: name, conn, text });
  }

  wishes(name: string, target: Size): this {
    return this.hears(name, { type: 'ScaleRequest', target, id: 3 });
  }

  input(input: AgentInput): this {
    const before = this.state;
    const step = this.engine.step(before, this.at, input);
    const sizes = new Map([...this.vms.values()].map(({ name, size }) => [name, size]));
    this.state = step.state;
    this.steps.push({ at: this.at, input, before, step, sizes });
    for (const { vm, change } of step.timers) {
      const key = `${vm}/${change.id}`;
      this.timers.delete(key);
      if (change.kind === 'set') {
        this.timers.set(key, { at: this.at + change.delayMs, input: { type: change.name as AgentTimerName, vm } });
      }
    }
    for (const output of step.outputs) this.perform(output);
    return this;
  }

  /** Time passes; what is due comes in its order. */
  runs(ms: number): this {
    const end = this.at + ms;
    for (let next = this.nextDue(); next !== null && next.at <= end; next = this.nextDue()) {
      this.passTo(Math.max(this.at, next.at));
      next.take();
      this.input(next.input);
    }
    this.passTo(end);
    return this;
  }

  private nextDue(): { at: number; input: AgentInput; take: () => void } | null {
    const due = [
      ...this.coming.map((event) => ({ ...event, take: () => void this.coming.splice(this.coming.indexOf(event), 1) })),
      ...[...this.timers].map(([key, event]) => ({ ...event, take: () => void this.timers.delete(key) })),
    ];
    return due.sort((a, b) => a.at - b.at)[0] ?? null;
  }

  private passTo(at: number): void {
    for (const vm of this.vms.values()) {
      const most = vm.bytesPerMs * (at - this.at);
      const wanted = Math.max(vm.asked.mem, Math.min(vm.leastBytes, vm.size.mem));
      const change = wanted - vm.size.mem;
      const moved = Math.abs(change) <= most ? change : Math.sign(change) * most;
      vm.size = { cpu: vm.asked.cpu, mem: vm.size.mem + (Number.isNaN(moved) ? 0 : moved) };
    }
    this.at = at;
  }

  private perform(output: AgentOutput): void {
    this.outputs.push(output);
    if (output.type === 'frame.sent') this.send(this.vm(output.vm), output.conn, output.text);
    if (output.type !== 'command.issued') return;
    const vm = this.vm(output.vm);
    vm.commands.push(output.command);
    // A command takes a millisecond.
    if (output.command.type !== 'session.close') {
      this.comes(vm.failure === null ? this.outcome(vm, output.id, output.command) : null, vm, output.id);
    } else if (output.command.conn === vm.conn) {
      vm.conn = null;
      this.comes(
        { type: 'session.lost', vm: vm.name, conn: output.command.conn, reason: output.command.reason },
        vm,
        0,
      );
    }
  }

  private comes(input: AgentInput | null, vm: Vm, id: number): void {
    const failed: AgentInput = { type: 'hypervisor.failed', vm: vm.name, id, reason: vm.failure ?? '' };
    this.coming.push({ at: this.at + 1, input: input ?? failed });
  }

  private outcome({ name, ...vm }: Vm, id: number, command: AgentCommand): AgentInput {
    const asked = this.vm(name);
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
      case 'hypervisor.look':
        return { type: 'hypervisor.seen', vm: name, id, size: vm.size };
      case 'hypervisor.requestMemory':
        asked.asked = { ...asked.asked, mem: command.memBytes };
        return { type: 'hypervisor.taken', vm: name, id };
      case 'hypervisor.requestCpu':
        asked.asked = { ...asked.asked, cpu: command.cpu };
        return { type: 'hypervisor.taken', vm: name, id };
      case 'metrics.scrape':
        return { type: 'metrics.scraped', vm: name, id, system: this.system };
      case 'session.close':
        throw new Error('a close has no outcome');
    }
  }

  /** What the next scrapes show; 1 unit is enough for it. */
  system = { loadAverage1Min: 0, loadAverage5Min: 0, memoryUsageBytes: GIB / 2, memoryCachedBytes: 0 };

  private send(vm: Vm, conn: string, text: string): void {
    const frame = JSON.parse(text) as Omit<SentFrame, 'at'>;
    vm.frames.push({ ...frame, at: this.at });
    const answer = this.answerTo(vm, frame);
    if (answer === null) return;
    this.coming.push({
      at: this.at + 1,
      input: { type: 'frame.received', vm: vm.name, conn, text: JSON.stringify({ ...answer, id: frame.id }) },
    });
  }

  private answerTo(vm: Vm, { type }: Omit<SentFrame, 'at'>): object | null {
    if (type === 'HealthCheck') return vm.confirms ? { type: 'HealthCheck' } : null;
    if (type === 'UpscaleNotification') return vm.confirms ? { type: 'UpscaleConfirmation' } : null;
    if (type !== 'DownscaleRequest' || vm.agrees === null) return null;
    return { type: 'DownscaleResult', Ok: vm.agrees, Status: vm.agrees ? 'there is room' : 'in use' };
  }
}

const worlds: AgentWorld[] = [];

export const agentWorld = (options: WorldOptions = {}): AgentWorld => {
  const world = new AgentWorld(options);
  worlds.push(world);
  return world;
};

/** The worlds of a test, for the rules. */
export const takeWorlds = (): AgentWorld[] => worlds.splice(0);
