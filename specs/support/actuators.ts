/**
 * The actuators of a story: they carry out protection's commands as the adapters do, one a time for each
 * limit, and remember what is in place and what it has cost.
 */
import type { InputEvent } from '../../machines/monitor/events/inputs';
import type { Command } from '../../machines/monitor/events/outputs';
import { MIB } from '../../machines/shared/units';
import type { Vm } from './vm';

/** How the actuators work in a story. */
export interface ActuatorsPlan {
  /** From a command to its outcome; the act itself takes place half way. */
  readonly delayMs?: number;
  /** Whether this command fails; then nothing changes. */
  readonly fails?: (command: ProtectionCommand) => boolean;
}

export type ProtectionCommand = Exclude<
  Command,
  { type: 'cpus.apply' | 'fileCache.connect' | 'fileCache.resize' | 'connection.close' }
>;

/** What the actuators need of their story. */
export interface Body {
  readonly at: number;
  readonly vm: Vm;
  has(changes: Partial<Vm>): unknown;
  input(input: InputEvent): unknown;
  later(delayMs: number, run: () => void): void;
}

/** How long something has been in place, from and until. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

const FAILED = {
  'tripwire.arm': 'tripwire.failed',
  'tripwire.lift': 'tripwire.failed',
  'limits.apply': 'limits.failed',
  'throttle.start': 'throttle.failed',
  'throttle.end': 'throttle.failed',
  'shmCap.apply': 'shmCap.failed',
  'shmCap.remove': 'shmCap.failed',
  'statement.cancel': 'statement.failed',
} as const satisfies Record<ProtectionCommand['type'], InputEvent['type']>;

const DELAY_MS = 10;
const PID = 4711;

export class FakeActuators {
  /** Null while it is not in place. */
  armedSince: number | null = null;
  heldSince: number | null = null;
  cappedSince: number | null = null;
  hardLimitBytes: number | null = null;
  /** What held processes may still take. */
  allowanceBytes = 0;
  cancelled = 0;
  readonly armed: Span[] = [];
  readonly held: Span[] = [];
  readonly capped: Span[] = [];

  constructor(
    private readonly body: Body,
    private readonly plan: ActuatorsPlan,
  ) {}

  get isIdle(): boolean {
    return this.armedSince === null && this.heldSince === null && this.cappedSince === null;
  }

  perform(id: number, command: ProtectionCommand): void {
    const { delayMs = DELAY_MS, fails = () => false } = this.plan;
    const isFailing = fails(command);
    const type = FAILED[command.type];
    let outcome: InputEvent = { type, id, reason: 'EACCES' };
    this.body.later(delayMs / 2, () => {
      if (!isFailing) outcome = this.act(id, command);
    });
    this.body.later(delayMs, () => this.body.input(outcome));
  }

  /** The kernel notifies: memory.high is lifted before anything else is done. */
  reflex(): void {
    const armedMs = this.lift();
    this.body.input({ type: 'tripwire.tripped', armedMs });
  }

  private act(id: number, command: ProtectionCommand): InputEvent {
    switch (command.type) {
      case 'tripwire.arm':
        this.armedSince ??= this.body.at;
        this.body.has({ highBytes: command.highBytes });
        return { type: 'tripwire.armed', id, highBytes: command.highBytes };
      case 'tripwire.lift':
        return { type: 'tripwire.lifted', id, armedMs: this.lift() };
      case 'limits.apply':
        this.hardLimitBytes = command.hardLimitBytes;
        return { type: 'limits.applied', id };
      case 'throttle.start':
        this.heldSince = this.body.at;
        this.allowanceBytes = command.allowanceBytes;
        return { type: 'throttle.started', id, processes: [{ pid: PID, growthBytesPerS: 100 * MIB }] };
      case 'throttle.end':
        return { type: 'throttle.ended', id, throttledMs: this.letGo() };
      case 'shmCap.apply':
        this.cappedSince = this.body.at;
        return { type: 'shmCap.applied', id, capBytes: this.body.vm.shmemBytes };
      case 'shmCap.remove':
        return { type: 'shmCap.removed', id, cappedMs: this.restore() };
      case 'statement.cancel':
        this.cancelled += 1;
        return { type: 'statement.cancelled', id, pid: PID, rssBytes: this.body.vm.useBytes };
    }
  }

  private lift(): number {
    const ms = this.close(this.armedSince, this.armed);
    this.armedSince = null;
    this.body.has({ highBytes: null });
    return ms;
  }

  private letGo(): number {
    const ms = this.close(this.heldSince, this.held);
    this.heldSince = null;
    return ms;
  }

  private restore(): number {
    const ms = this.close(this.cappedSince, this.capped);
    this.cappedSince = null;
    return ms;
  }

  private close(since: number | null, spans: Span[]): number {
    if (since === null) return 0;
    spans.push({ from: since, until: this.body.at });
    return this.body.at - since;
  }
}

const OTHERS: ReadonlySet<Command['type']> = new Set([
  'cpus.apply',
  'fileCache.connect',
  'fileCache.resize',
  'connection.close',
]);

export const isProtection = (command: Command): command is ProtectionCommand => !OTHERS.has(command.type);

export const totalMs = (spans: readonly Span[]): number =>
  spans.reduce((sum, { from, until }) => sum + until - from, 0);

/** The most of any stretch of `windowMs` that the spans cover; one that is open counts until it ends. */
export const mostWithin = (spans: readonly Span[], windowMs: number): number =>
  Math.max(
    0,
    ...spans.map(({ until: end }) =>
      spans.reduce(
        (sum, { from, until }) => sum + Math.max(0, Math.min(until, end) - Math.max(from, end - windowMs)),
        0,
      ),
    ),
  );
