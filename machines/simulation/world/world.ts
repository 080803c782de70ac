/** The world of one scenario: VMs with their loads, a monitor in each, an agent for each, one host, simulated time. */
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../shared/units';
import type { Size } from '../../shared/events/size';
import { unitsOf, type SizingRules } from '../../shared/sizing';
import { fnv1a, mulberry32 } from '../random';
import { Agenda } from './agenda';
import { FleetAgent } from './fleet-agent';
import { Host } from './host';
import { ModelHypervisor } from './model-hypervisor';
import { createLoad } from './load';
import { GuestMemory, type MemoryRules } from './guest-memory';
import { MemorySize } from './memory-size';
import type { CoreObserver } from './our-side';
import type { Scenario, VmSpec } from './scenario';
import { SIDES, type SideName } from './side-table';
import { Wire } from './sides';
import type { BoundedSizing } from './stepped-hypervisor';
import { VirtualMachine, type MachineRules } from './virtual-machine';
import { WorldScores, type ScoreTable, type SizeChange } from './world-scores';

/** A page server answers within a few ms, whoever else asks. */
const PAGE_SERVER = { readSeconds: 0.002, readsPerSecond: 50_000 };
/** Agents connect soon after the monitor listens, and again after so long. */
const CONNECT_MS = 200;
const RECONNECT_MS = 5 * SECOND_MS;
/** A service manager starts the monitor anew after so long. */
const RESTART_MS = SECOND_MS;

/** One VM of a run. */
export interface WorldResult {
  readonly scores: ScoreTable;
  readonly sizes: readonly SizeChange[];
}

const sizingOf = ({ unit, minUnits, maxUnits }: VmSpec): BoundedSizing => {
  const step = { cpu: unit.cpu, mem: unit.gib * GIB };
  return {
    unit: step,
    min: unitsOf(step, minUnits, minUnits),
    max: unitsOf(step, maxUnits, maxUnits),
    independent: false,
  };
};

const mib = (amount: number | null): number | null => (amount === null ? null : amount * MIB);

const memoryRulesOf = (vm: VmSpec): MemoryRules => ({
  sharedBuffersBytes: vm.sharedBuffersMib * MIB,
  swapBytes: vm.swapMib * MIB,
  kernelRoomBytes: mib(vm.kernelRoomMib),
  maxBytes: mib(vm.foreignMaxMib),
  highBytes: mib(vm.foreignHighMib),
});

const machineRulesOf = (vm: VmSpec): MachineRules => ({
  cpu: { stealShare: vm.stealShare, quotaShare: vm.quotaShare, showsSteal: vm.showsSteal },
  memory: memoryRulesOf(vm),
  fileCache: vm.fileCache,
});

interface Sizes {
  readonly initial: Size;
  readonly bootBytes: number;
}

const sizesOf = ({ maxUnits, initialUnits, bootUnits }: VmSpec, { unit }: SizingRules, isLargest: boolean): Sizes => {
  const units = isLargest ? maxUnits : (initialUnits ?? maxUnits);
  return { initial: unitsOf(unit, units, units), bootBytes: (bootUnits ?? units) * unit.mem };
};

/** What an empty VM of the scenario's initial size has available: the same for all sides. */
const availableAtStart = (vm: VmSpec, rules: SizingRules): number => {
  const { initial, bootBytes } = sizesOf(vm, rules, false);
  return new GuestMemory(new MemorySize(initial.mem, bootBytes), memoryRulesOf(vm)).availableBytes;
};

/** Of the host for all VMs together; null: without end. */
const capacityOf = ({ fleet }: Scenario, { max }: BoundedSizing): Size | null =>
  fleet === undefined
    ? null
    : { cpu: fleet.count * fleet.hostShare * max.cpu, mem: fleet.count * fleet.hostShare * max.mem };

export class World {
  readonly agenda = new Agenda();
  private readonly vms: VirtualMachine[] = [];

  constructor(
    private readonly scenario: Scenario,
    private readonly side: SideName,
    private readonly seed: number,
    private readonly observer: CoreObserver | null,
  ) {
    const sizing = sizingOf(scenario.vm);
    const { fleet } = scenario;
    const capacity = side === 'largest' ? null : capacityOf(scenario, sizing);
    const count = fleet?.count ?? 1;
    const host = new Host(capacity);
    const fleetAgent = capacity === null || count < 2 ? null : new FleetAgent(count, capacity, sizing, this.agenda);
    for (let index = 0; index < count; index += 1) this.add(index, sizing, host, fleetAgent);
  }

  run(): readonly WorldResult[] {
    const end = this.scenario.minutes * MINUTE_MS;
    this.agenda.runUntil(end);
    return this.vms.map((vm) => {
      vm.advance(end / SECOND_MS);
      return { scores: vm.scores.table(vm), sizes: vm.scores.sizes };
    });
  }

  /** Its own stream of numbers for each part: what the agent draws does not change the load. */
  private random(part: string, index: number): () => number {
    return mulberry32(fnv1a(`${this.scenario.name}#${this.seed}#${index}#${part}`));
  }

  private add(index: number, sizing: BoundedSizing, host: Host, fleetAgent: FleetAgent | null): void {
    const { agenda, scenario } = this;
    const { vm: spec, agent: agentSpec } = scenario;
    const { initial, bootBytes } = sizesOf(spec, sizing, this.side === 'largest');
    const setting = {
      availableBytes: availableAtStart(spec, sizing),
      disk: { readSeconds: spec.diskMs / 1000, readsPerSecond: spec.diskIops },
      pageServer: PAGE_SERVER,
      fileCacheInMemory: spec.fileCache === 'memory',
      laterSeconds: index * (scenario.fleet?.staggerSeconds ?? 0),
      random: this.random('load', index),
    };
    const loads = scenario.load.map((load) => createLoad(load, setting));
    const vm = new VirtualMachine(machineRulesOf(spec), initial, bootBytes, loads, new WorldScores());
    this.vms.push(vm);
    const rules = { unit: sizing.unit, up: agentSpec.up, down: agentSpec.down };
    const hypervisor = new ModelHypervisor(rules, vm, agenda, host, this.random('grants', index));
    const wire = new Wire(agenda);
    SIDES[this.side]({
      ...{ scenario, sizing, vm, hypervisor, fleetAgent, agenda, wire },
      random: (part) => this.random(part, index),
      observer: index === 0 ? this.observer : null,
    });
    this.begin(wire);
  }

  private begin(wire: Wire): void {
    const { agenda, scenario } = this;
    agenda.in(0, () => {
      wire.monitor?.start();
      wire.agent?.start();
    });
    agenda.in(CONNECT_MS, () => {
      wire.connect();
    });
    for (const at of scenario.agent.restartsAtSeconds)
      agenda.in(at * SECOND_MS, () => {
        wire.breakFor(RECONNECT_MS);
      });
    for (const { atSeconds, withLog } of scenario.monitor.restarts)
      agenda.in(atSeconds * SECOND_MS, () => {
        wire.breakFor(RECONNECT_MS);
        agenda.in(RESTART_MS, () => wire.monitor?.restart(withLog));
      });
  }
}
