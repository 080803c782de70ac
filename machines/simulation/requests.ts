/**
 * What the agent outside does with requests: it grants them after a while, one at a time, or denies or
 * loses them. A lost or denied request is sent again after 1 s, doubling to 10 s; one that has grown at once.
 */

export interface GrantRules {
  readonly upMs: number;
  readonly downMs: number;
  /** Shares of the requests that are denied, and that are lost on the way. */
  readonly denyRate: number;
  readonly lossRate: number;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;

interface Flight {
  readonly up: boolean;
  readonly units: number;
  /** Sent first, and takes effect, in ms. */
  readonly askedAt: number;
  readonly dueAt: number;
}

/** A request that did not get through. */
interface Unheard {
  readonly units: number;
  readonly waitMs: number;
  readonly retryAt: number;
}

export class Requests {
  private flight: Flight | null = null;
  private unheard: Unheard | null = null;

  /** `random` decides what is denied or lost: one number a request that is sent. */
  constructor(
    private readonly rules: GrantRules,
    private readonly random: () => number,
  ) {}

  /** When the request in flight takes effect; Infinity when there is none. */
  get dueAt(): number {
    return this.flight === null ? Infinity : this.flight.dueAt;
  }

  /** The request in flight is granted. */
  take(): Flight {
    if (this.flight === null) throw new Error('no request is in flight');
    const granted = this.flight;
    this.flight = null;
    return granted;
  }

  /** The policy requests `wanted` units while it has `size`. */
  request(at: number, wanted: number, size: number): void {
    if (wanted === size) {
      this.flight = null;
      this.unheard = null;
      return;
    }
    const up = wanted > size;
    if (this.flight !== null && this.flight.up !== up) this.flight = null;
    if (this.flight?.units !== wanted && this.maySend(at, wanted)) this.send(at, up, wanted);
  }

  private maySend(at: number, wanted: number): boolean {
    return this.unheard === null || at >= this.unheard.retryAt || wanted > this.unheard.units;
  }

  private send(at: number, up: boolean, units: number): void {
    const { denyRate, lossRate, upMs, downMs } = this.rules;
    if (denyRate + lossRate > 0 && this.random() < denyRate + lossRate) {
      const waitMs = this.unheard === null ? FIRST_RETRY_MS : Math.min(LONGEST_RETRY_MS, 2 * this.unheard.waitMs);
      this.unheard = { units, waitMs, retryAt: at + waitMs };
      return;
    }
    this.unheard = null;
    const { askedAt = at, dueAt = at + (up ? upMs : downMs) } = this.flight ?? {};
    this.flight = { up, units, askedAt, dueAt };
  }
}
