/** neondatabase/autoscaling's agent towards one VM: its formula every 5 s, and what monitors ask of it (pkg/agent/core/state.go). */
import * as E from 'fp-ts/Either';
import { completeGoalCuConfig } from '../../shared/goal-cu/config';
import { goalOf, USAGE_RESERVE_BYTES } from '../../shared/goal-cu/formula';
import { readMonitorFrame, type MonitorFrame } from '../../shared/protocol/monitor-frames';
import { unitsOf, type SizingRules } from '../../shared/sizing';
import type { Size } from '../../shared/events/size';
import { SECOND_MS } from '../../shared/units';
import type { Agenda, TakeBack } from './agenda';
import type { ModelHypervisor } from './model-hypervisor';
import type { AgentSide } from './sides';

/** deploy/agent/config_map.yaml. */
const METRICS_MS = 5 * SECOND_MS;
const REQUESTED_UPSCALE_VALID_MS = 10 * SECOND_MS;
const RETRY_DENIED_DOWNSCALE_MS = 5 * SECOND_MS;
const RETRY_FAILED_REQUEST_MS = 3 * SECOND_MS;
const REQUEST_TIMEOUT_MS = 5 * SECOND_MS;

const NEVER = { units: 0, until: -Infinity };

export class ReferenceAgent implements AgentSide {
  readonly version = '1.0';
  private goal = 0;
  private requested = NEVER;
  private denied = NEVER;
  private asked: { readonly id: number; readonly units: number; readonly overdue: TakeBack } | null = null;
  private isConnected = false;
  private isGrowing = false;
  private nextId = 2;
  private readonly config;

  constructor(
    private readonly rules: SizingRules & { readonly max: Size },
    private readonly hypervisor: ModelHypervisor,
    private readonly agenda: Agenda,
    private readonly send: (text: string) => void,
  ) {
    // Neon enables the file cache's metrics where there is one.
    this.config = completeGoalCuConfig({ enableLFCMetrics: hypervisor.vm.rules.fileCache !== 'absent' });
    this.goal = this.granted;
    hypervisor.retry = () => {
      this.act();
    };
  }

  start(): void {
    this.agenda.in(METRICS_MS, this.readMetrics);
  }

  connected(): void {
    this.isConnected = true;
    this.nextId = 2;
  }

  lost(): void {
    this.isConnected = false;
    this.asked?.overdue();
    this.asked = null;
    this.requested = NEVER;
    this.denied = NEVER;
  }

  receive(text: string): void {
    const read = readMonitorFrame(text);
    if (E.isRight(read)) this.take(read.right);
  }

  private get granted(): number {
    return Math.round(this.hypervisor.granted.mem / this.rules.unit.mem);
  }

  private take(frame: MonitorFrame): void {
    const { now } = this.agenda;
    switch (frame.type) {
      case 'UpscaleRequest':
        this.hypervisor.vm.scores.requested(now, null);
        this.requested = { units: 1 + this.granted, until: now + REQUESTED_UPSCALE_VALID_MS };
        this.later(REQUESTED_UPSCALE_VALID_MS);
        this.act();
        return;
      case 'ScaleRequest':
        this.hypervisor.vm.scores.requested(now, null);
        this.say('InvalidMessage', { error: 'Received message of unknown type: "ScaleRequest"' }, frame.id);
        return;
      case 'DownscaleResult':
        this.takeResult(frame.id, frame.Ok);
        return;
      default:
        return;
    }
  }

  private takeResult(id: number, ok: boolean): void {
    const { asked, hypervisor, rules, agenda } = this;
    if (asked?.id !== id) return;
    asked.overdue();
    this.asked = null;
    if (!ok) {
      hypervisor.vm.scores.denials += 1;
      this.denied = { units: Math.min(this.granted, asked.units + 1), until: agenda.now + RETRY_DENIED_DOWNSCALE_MS };
      this.later(RETRY_DENIED_DOWNSCALE_MS);
      return;
    }
    hypervisor.shrink(unitsOf(rules.unit, asked.units, asked.units), () => {
      this.act();
    });
    this.act();
  }

  private readonly readMetrics = (): void => {
    const { vm } = this.hypervisor;
    vm.advance(this.agenda.now / 1000);
    const { memory, cpu } = vm;
    const pages = vm.workingSetPages();
    const { unit } = this.rules;
    this.goal = goalOf(
      this.config,
      { vcpu: unit.cpu, memBytes: unit.mem },
      {
        system: {
          loadAverage1Min: cpu.load.load1,
          loadAverage5Min: cpu.load.load5,
          memoryUsageBytes: memory.size.totalBytes - memory.availableBytes + USAGE_RESERVE_BYTES,
          memoryCachedBytes: memory.cacheBytes,
        },
        lfc: pages === null ? null : { approximateWorkingSetSizeBuckets: pages },
      },
    ).goalCU;
    this.act();
    this.agenda.in(METRICS_MS, this.readMetrics);
  };

  private get desired(): number {
    const { now } = this.agenda;
    const { unit, min, max } = this.rules;
    const requested = this.requested.until > now ? this.requested.units : 0;
    const denied = this.denied.until > now ? this.denied.units : 0;
    const units = Math.max(this.goal, requested, denied);
    return Math.max(Math.round(min.mem / unit.mem), Math.min(Math.round(max.mem / unit.mem), units));
  }

  private act(): void {
    const { desired } = this;
    if (!this.isConnected) return;
    if (desired > this.granted) {
      this.grow(desired);
      return;
    }
    if (!this.isGrowing && desired < this.granted) this.askForLess();
  }

  private grow(units: number): void {
    const { hypervisor, rules } = this;
    const possible = hypervisor.possible(unitsOf(rules.unit, units, units));
    if (possible.mem <= hypervisor.granted.mem) return;
    this.isGrowing = true;
    hypervisor.grow(possible, (granted) => {
      this.isGrowing = false;
      if (this.isConnected) this.say('UpscaleNotification', { granted });
      this.act();
    });
  }

  /** Exactly one unit less, again and again. */
  private askForLess(): void {
    if (this.asked !== null) return;
    const units = this.granted - 1;
    const id = this.say('DownscaleRequest', { target: unitsOf(this.rules.unit, units, units) });
    const overdue = this.agenda.in(REQUEST_TIMEOUT_MS, () => {
      this.asked = null;
      this.later(RETRY_FAILED_REQUEST_MS);
    });
    this.asked = { id, units, overdue };
  }

  private later(ms: number): void {
    this.agenda.in(ms, () => {
      this.act();
    });
  }

  private say(type: string, content: object, id = this.nextId): number {
    if (id === this.nextId) this.nextId += 2;
    this.send(JSON.stringify({ content, type, id }));
    return id;
  }
}
