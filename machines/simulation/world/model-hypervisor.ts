/** Gives the VM another size: it takes its time, and counts what it did. */
import type { Size } from '../../shared/events/size';
import { sameSize, unitsOf, unitsUp } from '../../shared/sizing';
import type { Agenda, TakeBack } from './agenda';
import { drawMs, type Duration } from './duration';
import type { Host, Tenant } from './host';
import type { VirtualMachine } from './virtual-machine';

export interface HypervisorRules {
  readonly unit: Size;
  readonly up: Duration;
  readonly down: Duration;
}

/** Looked at so often whether a VM that was slow to shrink has got there. */
const LOOK_MS = 500;

export class ModelHypervisor implements Tenant {
  /** What the VM has, or is to have once memory is out. */
  granted: Size;
  private growing: { target: Size; readonly takeBack: TakeBack } | null = null;
  private shrinkingTo: Size | null = null;
  retry: () => void = () => undefined;

  constructor(
    private readonly rules: HypervisorRules,
    readonly vm: VirtualMachine,
    private readonly agenda: Agenda,
    private readonly host: Host,
    private readonly random: () => number,
  ) {
    this.granted = vm.size;
    host.add(this);
    vm.scores.resized(0, vm.size);
  }

  get heldSize(): Size {
    return this.growing?.target ?? this.shrinkingFrom ?? this.granted;
  }

  get isShrinking(): boolean {
    return this.shrinkingTo !== null;
  }

  /** As much of it as the host has. */
  possible(wanted: Size): Size {
    return this.host.fit(this, this.rules.unit, wanted);
  }

  /** A later size takes the place of one that is under way, at the same time. */
  grow(target: Size, done: (granted: Size) => void): void {
    if (this.growing !== null) {
      this.growing.target = target;
      return;
    }
    const takeBack = this.agenda.in(drawMs(this.rules.up, this.random), () => {
      const reached = this.growing?.target ?? target;
      this.growing = null;
      this.shrinkingTo = null;
      this.give(reached);
      done(reached);
    });
    this.growing = { target, takeBack };
  }

  /** Nothing more is wanted than there is. */
  stopGrowing(): void {
    this.growing?.takeBack();
    this.growing = null;
  }

  /** `done` with what was reached: a VM that has no room for its pages stays larger. */
  shrink(target: Size, done: (reached: Size) => void): void {
    this.stopGrowing();
    const ms = drawMs(this.rules.down, this.random);
    this.advance();
    // One more step down while the one before is under way is the same change, further.
    if (this.shrinkingTo === null) this.vm.scores.resizes += 1;
    this.vm.shrink(target, ms / 1000);
    this.shrinkingTo = target;
    this.granted = target;
    this.vm.scores.resized(this.agenda.now, target);
    this.agenda.in(ms, () => {
      this.endShrink(target, done);
    });
  }

  private get shrinkingFrom(): Size | null {
    return this.shrinkingTo === null ? null : { cpu: this.granted.cpu, mem: this.vm.size.mem };
  }

  private endShrink(target: Size, done: (reached: Size) => void): void {
    this.advance();
    if (this.shrinkingTo !== target) return;
    if (this.vm.memory.size.isShrinking) {
      this.agenda.in(LOOK_MS, () => {
        this.endShrink(target, done);
      });
      return;
    }
    this.shrinkingTo = null;
    const units = unitsUp(this.vm.size.mem, this.rules.unit.mem);
    const reached = unitsOf(this.rules.unit, units, units);
    if (!sameSize(reached, target)) this.give(reached);
    this.host.freed();
    done(reached);
  }

  private give(size: Size): void {
    this.advance();
    this.vm.grow(size);
    this.granted = size;
    this.vm.scores.resizes += 1;
    this.vm.scores.resized(this.agenda.now, size);
  }

  private advance(): void {
    this.vm.advance(this.agenda.now / 1000);
  }
}
