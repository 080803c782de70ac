/**
 * The hypervisor as our agent's core commands it: one step after the other, each in its time, and believed only when it is
 * seen. Of model-hypervisor.ts it has the latencies; the capacity is the agent's matter.
 */
import type { AgentCommand, AgentInput } from '../../agent/events';
import type { Size } from '../../shared/events/size';
import type { SizingRules } from '../../shared/sizing';
import { MIB } from '../../shared/units';
import type { Agenda, TakeBack } from './agenda';
import { drawMs } from './duration';
import type { HypervisorRules } from './model-hypervisor';
import type { VirtualMachine } from './virtual-machine';

/** A command on its way to QEMU and back. */
const COMMAND_MS = 1;
/** The block size of virtio-mem. */
const MEMORY_STEP_BYTES = 2 * MIB;

/** In the world no VM is without a largest size. */
export type BoundedSizing = SizingRules & { readonly max: Size };

export class SteppedHypervisor {
  private growing: { readonly toBytes: number; readonly takeBack: TakeBack } | null = null;
  private isShrinking = false;

  constructor(
    private readonly name: string,
    private readonly sizing: BoundedSizing,
    private readonly rules: HypervisorRules,
    readonly vm: VirtualMachine,
    private readonly agenda: Agenda,
    private readonly random: () => number,
    private readonly tell: (input: AgentInput) => void,
  ) {
    vm.scores.resized(0, vm.size);
  }

  perform(id: number, command: AgentCommand): void {
    const { name: vm, sizing } = this;
    switch (command.type) {
      case 'hypervisor.describe':
        this.answer(() => ({
          ...{ type: 'hypervisor.described', vm, id, min: sizing.min, max: sizing.max },
          memStepBytes: MEMORY_STEP_BYTES,
        }));
        return;
      case 'hypervisor.observe':
        this.answer(() => ({ type: 'hypervisor.observed', vm, id, size: this.look() }));
        return;
      case 'hypervisor.requestMemory':
        this.answer(() => this.requestMemory(id, command.memBytes));
        return;
      case 'hypervisor.requestCpu':
        this.answer(() => this.requestCpu(id, command.cpu));
        return;
      default:
        return;
    }
  }

  private answer(outcome: () => AgentInput): void {
    this.agenda.in(COMMAND_MS, () => {
      this.vm.advance(this.agenda.now / 1000);
      this.tell(outcome());
    });
  }

  private look(): Size {
    const { vm, agenda } = this;
    const { size } = vm;
    if (vm.scores.sizes.at(-1)?.size.mem !== size.mem) vm.scores.resized(agenda.now, size);
    return size;
  }

  private requestCpu(id: number, cpu: number): AgentInput {
    const { vm, agenda } = this;
    vm.setCpus(cpu);
    vm.scores.resized(agenda.now, vm.size);
    return { type: 'hypervisor.taken', vm: this.name, id };
  }

  private requestMemory(id: number, toBytes: number): AgentInput {
    const { vm } = this;
    if (toBytes < vm.size.mem) this.shrink(toBytes);
    else this.grow(toBytes);
    return { type: 'hypervisor.taken', vm: this.name, id };
  }

  /** What is under way already is not begun anew. */
  private grow(toBytes: number): void {
    const { vm, agenda } = this;
    vm.grow(vm.size);
    this.isShrinking = false;
    if (this.growing?.toBytes === toBytes) return;
    this.stopGrowing();
    if (toBytes === vm.size.mem) return;
    const takeBack = agenda.in(drawMs(this.rules.up, this.random), () => {
      this.growing = null;
      vm.advance(agenda.now / 1000);
      vm.grow({ cpu: vm.size.cpu, mem: toBytes });
      vm.scores.resizes += 1;
      vm.scores.resized(agenda.now, vm.size);
    });
    this.growing = { toBytes, takeBack };
  }

  /** The scenario's time is that of a whole unit; a step takes its part of it. */
  private shrink(toBytes: number): void {
    const { vm, rules } = this;
    this.stopGrowing();
    if (!this.isShrinking) vm.scores.resizes += 1;
    this.isShrinking = true;
    const share = Math.min(1, (vm.size.mem - toBytes) / rules.unit.mem);
    vm.shrink({ cpu: vm.size.cpu, mem: toBytes }, (share * drawMs(rules.down, this.random)) / 1000);
  }

  private stopGrowing(): void {
    this.growing?.takeBack();
    this.growing = null;
  }
}
