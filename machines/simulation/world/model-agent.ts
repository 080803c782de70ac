/**
 * An agent that obeys ScaleRequest (docs/protocol.md): more is granted after a while, or denied, lost or granted by half; less
 * only after the monitor has agreed to it. How it stands beside our own agent is said in docs/simulate.md.
 */
import * as E from 'fp-ts/Either';
import type { Size } from '../../shared/events/size';
import { readMonitorFrame, type MonitorFrame } from '../../shared/protocol/monitor-frames';
import { exceeds, sameSize, toWholeUnits, unitsOf, type SizingRules } from '../../shared/sizing';
import { SECOND_MS } from '../../shared/units';
import type { Agenda, TakeBack } from './agenda';
import type { ModelHypervisor } from './model-hypervisor';
import type { AgentSpec } from './scenario';
import type { AgentSide } from './sides';

/** After a refused downscale, and after one that was not answered (machines/agent/timings.ts). */
const DENIAL_MS = 5 * SECOND_MS;
const ANSWER_MS = 5 * SECOND_MS;
const REST_MS = 3 * SECOND_MS;

export class ModelAgent implements AgentSide {
  readonly version: '1.0' | '1.1';
  private wanted: Size | null = null;
  private asked: { readonly id: number; readonly target: Size; readonly overdue: TakeBack } | null = null;
  private resting: TakeBack | null = null;
  private nextId = 2;
  private isConnected = false;

  constructor(
    private readonly spec: AgentSpec,
    private readonly rules: SizingRules,
    private readonly hypervisor: ModelHypervisor,
    private readonly agenda: Agenda,
    private readonly send: (text: string) => void,
    private readonly random: () => number,
  ) {
    this.version = spec.protocol === '1.1' ? '1.1' : '1.0';
    hypervisor.retry = () => {
      this.act();
    };
  }

  start(): void {
    // It acts when it is asked only.
  }

  connected(): void {
    this.isConnected = true;
    this.nextId = 2;
    if (this.version === '1.1' && this.spec.informs) this.say('VmInfo', this.facts());
  }

  lost(): void {
    this.isConnected = false;
    this.asked?.overdue();
    this.asked = null;
    this.wanted = null;
    this.hypervisor.stopGrowing();
  }

  receive(text: string): void {
    const read = readMonitorFrame(text);
    if (E.isRight(read)) this.take(read.right);
  }

  private take(frame: MonitorFrame): void {
    if (frame.type === 'ScaleRequest') this.takeRequest(frame.target, frame.floor);
    if (frame.type === 'DownscaleResult') this.takeResult(frame.id, frame.Ok);
  }

  private takeRequest(target: Size, floor: Size | null): void {
    const { scores } = this.hypervisor.vm;
    scores.requested(this.agenda.now, floor);
    const luck = this.random();
    if (luck < this.spec.loseShare) return;
    if (luck < this.spec.loseShare + this.spec.denyShare && exceeds(target, this.hypervisor.granted)) {
      this.deny(target, 'the host is full');
      return;
    }
    this.wanted = toWholeUnits(this.rules, target);
    this.act();
  }

  private act(): void {
    const { wanted, hypervisor } = this;
    if (!this.isConnected || wanted === null) return;
    if (exceeds(wanted, hypervisor.granted)) this.grow(wanted);
    else {
      hypervisor.stopGrowing();
      if (!sameSize(wanted, hypervisor.granted)) this.askForLess(wanted);
    }
  }

  private grow(wanted: Size): void {
    const possible = this.hypervisor.possible(this.random() < this.spec.partialShare ? this.half(wanted) : wanted);
    if (!exceeds(possible, this.hypervisor.granted)) {
      this.deny(wanted, 'the host is full');
      return;
    }
    this.hypervisor.grow(possible, (granted) => {
      if (this.isConnected) this.say('UpscaleNotification', { granted });
      this.act();
    });
  }

  /** Half of what is wanted in addition, in whole units. */
  private half(wanted: Size): Size {
    const { unit } = this.rules;
    const has = Math.round(this.hypervisor.granted.mem / unit.mem);
    const units = has + Math.ceil((Math.round(wanted.mem / unit.mem) - has) / 2);
    return unitsOf(unit, units, units);
  }

  private askForLess(target: Size): void {
    if (this.asked !== null || this.resting !== null || this.hypervisor.isShrinking) return;
    const id = this.say('DownscaleRequest', { target });
    const overdue = this.agenda.in(ANSWER_MS, () => {
      this.asked = null;
      this.rest(REST_MS);
    });
    this.asked = { id, target, overdue };
  }

  private takeResult(id: number, ok: boolean): void {
    const { asked, hypervisor } = this;
    if (asked?.id !== id) return;
    asked.overdue();
    this.asked = null;
    if (!ok) {
      hypervisor.vm.scores.denials += 1;
      this.rest(DENIAL_MS);
      return;
    }
    hypervisor.shrink(asked.target, (reached) => {
      // The VM could not follow: it has what it has.
      if (this.isConnected && !sameSize(reached, asked.target)) this.say('UpscaleNotification', { granted: reached });
      this.act();
    });
  }

  private rest(ms: number): void {
    this.resting = this.agenda.in(ms, () => {
      this.resting = null;
      this.act();
    });
  }

  private deny(target: Size, reason: string): void {
    this.hypervisor.vm.scores.denials += 1;
    if (this.version === '1.1') this.say('ScaleDenied', { target, reason });
  }

  private facts(): object {
    const { unit, min, max } = this.rules;
    return { granted: this.hypervisor.granted, min, max, unit };
  }

  private say(type: string, content: object): number {
    const id = this.nextId;
    this.nextId += 2;
    this.send(JSON.stringify({ content, type, id }));
    return id;
  }
}
