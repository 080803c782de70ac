/** Our agent: the core of machines/agent for all VMs of a host, between the wires to their monitors and their hypervisors. */
import * as E from 'fp-ts/Either';
import { reserveOf } from '../../agent/config/setup';
import { AgentDriver } from '../../agent/driver';
import { createAgentEngine } from '../../agent/engine';
import type { AgentInput, AgentOutput } from '../../agent/events';
import type { Size } from '../../shared/events/size';
import { readMonitorFrame } from '../../shared/protocol/monitor-frames';
import type { Agenda, TakeBack } from './agenda';
import type { Scenario } from './scenario';
import type { AgentSide, Wire } from './sides';
import { SteppedHypervisor, type BoundedSizing } from './stepped-hypervisor';
import type { VirtualMachine } from './virtual-machine';

/** What the agent must know of a VM. */
interface VmToServe {
  readonly scenario: Scenario;
  readonly sizing: BoundedSizing;
  readonly vm: VirtualMachine;
  readonly agenda: Agenda;
  readonly wire: Wire;
  /** Numbers of its own for each part. */
  readonly random: (part: string) => () => number;
}

interface Served {
  readonly wire: Wire;
  readonly hypervisor: SteppedHypervisor;
}

/** One of the VMs of a host, as its wire sees the agent. */
class FleetMember implements AgentSide {
  private connections = 0;

  constructor(
    readonly version: '1.0' | '1.1',
    private readonly vm: string,
    private readonly scores: VirtualMachine['scores'],
    private readonly agenda: Agenda,
    private readonly tell: (input: AgentInput) => void,
  ) {}

  start(): void {
    // The agent starts once for all of them.
  }

  connected(): void {
    this.connections += 1;
    this.tell({ type: 'session.opened', vm: this.vm, conn: this.conn, version: this.version });
  }

  lost(): void {
    this.tell({ type: 'session.lost', vm: this.vm, conn: this.conn, reason: 'closed' });
  }

  receive(text: string): void {
    this.count(text);
    this.tell({ type: 'frame.received', vm: this.vm, conn: this.conn, text });
  }

  private get conn(): string {
    return `${this.vm}-${this.connections}`;
  }

  private count(text: string): void {
    const read = readMonitorFrame(text);
    if (E.isLeft(read)) return;
    if (read.right.type === 'ScaleRequest') this.scores.requested(this.agenda.now, read.right.floor);
    if (read.right.type === 'DownscaleResult' && !read.right.Ok) this.scores.denials += 1;
  }
}

export class FleetAgent {
  private readonly driver: AgentDriver;
  private readonly names: readonly string[];
  private readonly served = new Map<string, Served>();
  private wakeUp: TakeBack = () => undefined;

  constructor(
    vms: number,
    capacity: Size,
    sizing: BoundedSizing,
    private readonly agenda: Agenda,
  ) {
    this.names = Array.from({ length: vms }, (_, index) => `vm-${index + 1}`);
    const setup = {
      capacity,
      reserve: reserveOf({ computeUnit: sizing.unit, reserveUnits: null }, vms),
      vms: this.names.map((name) => ({ name, sizing, metrics: false })),
    };
    this.driver = new AgentDriver(createAgentEngine(setup), (output) => {
      this.perform(output);
    });
  }

  /** The next of the VMs. It starts when simulated time does. */
  serve({ scenario, sizing, vm, agenda, wire, random }: VmToServe): AgentSide {
    const name = this.names[this.served.size];
    if (name === undefined) throw new RangeError('the agent was set up for fewer VMs');
    if (this.served.size === 0)
      agenda.in(0, () => {
        this.tell({ type: 'agent.started' });
      });
    const rules = { unit: sizing.unit, up: scenario.agent.up, down: scenario.agent.down };
    const hypervisor = new SteppedHypervisor(name, sizing, rules, vm, agenda, random('grants'), this.tell);
    this.served.set(name, { wire, hypervisor });
    const version = scenario.agent.protocol === '1.1' ? '1.1' : '1.0';
    return new FleetMember(version, name, vm.scores, agenda, this.tell);
  }

  private readonly tell = (input: AgentInput): void => {
    this.driver.dispatch(this.agenda.now, input);
    this.sleep();
  };

  /** Until the next timer of the core runs out. */
  private sleep(): void {
    this.wakeUp();
    const due = this.driver.nextDue();
    if (due === null) return;
    this.wakeUp = this.agenda.in(due - this.agenda.now, () => {
      this.driver.passTo(this.agenda.now);
      this.sleep();
    });
  }

  private perform(output: AgentOutput): void {
    const served = this.served.get(output.vm);
    if (served === undefined) return;
    const { wire, hypervisor } = served;
    if (output.type === 'command.issued') hypervisor.perform(output.id, output.command);
    if (output.type !== 'frame.sent') return;
    if (output.text.includes('"ScaleDenied"')) hypervisor.vm.scores.denials += 1;
    wire.toMonitor(output.text);
  }
}
