/**
 * The agent's core in simulated time, with monitors and hypervisors that do as they are told. Fakes,
 * because a guest that gives memory slowly, or never, cannot be had on demand.
 *
 *   const world = agentWorld({ vms: ['a'] }).connects('a').wishes('a', units(4)).runs(1000);
 *   expect(world.vm('a').size).toEqual(units(4));
 */
import { createAgentEngine, type AgentStep, type AgentEngine } from '../../machines/agent/engine';
import type { AgentInput, AgentOutput } from '../../machines/agent/events';
import type { VmContext } from '../../machines/agent/context';
import type { AgentState } from '../../machines/agent/state';
import type { Size } from '../../machines/shared/events/size';
import { GIB } from '../../machines/shared/units';
import {
  answerOf,
  guestMoves,
  MANNERS,
  outcomeOf,
  type SentFrame,
  type SimulatedVm,
  type VmManners,
} from './agent-manners';
import { units } from './chart-events';

export interface WorldStep {
  readonly at: number;
  readonly input: AgentInput;
  readonly before: AgentState;
  readonly step: AgentStep;
  /** What each VM really had when the input came. */
  readonly sizes: ReadonlyMap<string, Size>;
}

export interface WorldOptions {
  readonly vms?: readonly string[];
  readonly capacity?: Size | null;
  readonly reserve?: Size;
  readonly initial?: Size;
  readonly metrics?: boolean;
  readonly independent?: boolean;
}

export class AgentWorld {
  readonly engine: AgentEngine;
  readonly steps: WorldStep[] = [];
  readonly outputs: AgentOutput[] = [];
  at = 0;
  state: AgentState;
  private readonly vms = new Map<string, SimulatedVm>();
  private readonly timers = new Map<string, { readonly at: number; readonly input: AgentInput }>();
  private readonly coming: { readonly at: number; readonly input: AgentInput }[] = [];
  private connections = 0;

  constructor({
    vms = ['a'],
    capacity = null,
    reserve = { cpu: 0, mem: 0 },
    initial = units(1),
    metrics = false,
    independent = false,
  }: WorldOptions) {
    const sizing = { unit: units(1), min: units(1), max: units(16), independent };
    this.engine = createAgentEngine({ capacity, reserve, vms: vms.map((name) => ({ name, sizing, metrics })) });
    this.state = this.engine.initial;
    for (const name of vms) {
      const rest = { name, size: initial, asked: initial, conn: null, frames: [], commands: [] };
      this.vms.set(name, { ...MANNERS, ...rest });
    }
    this.input({ type: 'agent.started' }).runs(10);
  }

  /** The agent's process is another one, which begins with this state; connections and timers are gone. */
  restarts(state: AgentState): void {
    this.state = state;
    this.timers.clear();
    this.coming.length = 0;
    for (const vm of this.vms.values()) vm.conn = null;
    this.input({ type: 'agent.started' });
  }

  vm(name: string): SimulatedVm {
    const vm = this.vms.get(name);
    if (vm === undefined) throw new Error(`no VM ${name}`);
    return vm;
  }

  context(name: string): VmContext {
    return this.state.vms[name]!.statechart.context;
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

  /** @param risk floor and withinMs of a monitor of v1.1 */
  wishes(name: string, target: Size, risk: { readonly floor?: Size; readonly withinMs?: number } = {}): this {
    return this.hears(name, { type: 'ScaleRequest', target, ...risk, id: 3 });
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
        this.timers.set(key, { at: this.at + change.delayMs, input: { type: change.name, vm } });
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
    for (const vm of this.vms.values()) guestMoves(vm, at - this.at);
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
      this.comes(vm.failure === null ? outcomeOf(vm, this.system, output.id, output.command) : null, vm, output.id);
    } else if (output.command.conn === vm.conn) {
      vm.conn = null;
      this.comes(
        { type: 'session.lost', vm: vm.name, conn: output.command.conn, reason: output.command.reason },
        vm,
        0,
      );
    }
  }

  private comes(input: AgentInput | null, vm: SimulatedVm, id: number): void {
    const failed: AgentInput = { type: 'hypervisor.failed', vm: vm.name, id, reason: vm.failure ?? '' };
    this.coming.push({ at: this.at + 1, input: input ?? failed });
  }

  /** What the next scrapes show; 1 unit is enough for it. */
  system = { loadAverage1Min: 0, loadAverage5Min: 0, memoryUsageBytes: GIB / 2, memoryCachedBytes: 0 };

  private send(vm: SimulatedVm, conn: string, text: string): void {
    const frame = JSON.parse(text) as Omit<SentFrame, 'at'>;
    vm.frames.push({ ...frame, at: this.at });
    const answer = answerOf(vm, frame.type);
    if (answer === null) return;
    this.coming.push({
      at: this.at + 1,
      input: { type: 'frame.received', vm: vm.name, conn, text: JSON.stringify({ ...answer, id: frame.id }) },
    });
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
