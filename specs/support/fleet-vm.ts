/** One VM of a stand-in fleet, with a monitor of a few lines in it. */
import type { Size } from '../../machines/shared/events/size';
import { GIB, MIB, SECOND_MS } from '../../machines/shared/units';
import { units } from './chart-events';
import { between, type Random } from './random';

export const TICK_MS = 100;
/** As rule R5: kept free beside use. */
const MARGIN_BYTES = 100 * MIB;
/** Until a grant is there: a second may pass until a request is sent, and it takes a second and a bit. */
const GRANT_MS = 2.5 * SECOND_MS;
/** What was used within this time is still wanted: a cache, or a load that comes again. */
const RETENTION_MS = 180 * SECOND_MS;
const ROOM = 1.6;
/** How often a floor that has sunk is told. */
const SUNK_FLOOR_MS = 5 * SECOND_MS;
const RESEND_FIRST_MS = SECOND_MS;
const RESEND_LAST_MS = 30 * SECOND_MS;
const LEAST_USE_BYTES = 0.5 * GIB;

interface Request {
  readonly target: Size;
  readonly floor: Size;
  readonly withinMs?: number;
}

const wholeUnits = (bytes: number): Size => units(Math.min(16, Math.max(1, Math.ceil(bytes / GIB))));

export class FleetVm {
  size: Size = units(1);
  askedBytes = this.size.mem;
  want: Size = units(1);
  floor: Size = units(1);
  useBytes = LEAST_USE_BYTES;
  ooms = 0;
  /** The longest time from a request below the floor until the floor was there. */
  longestRiskMs = 0;
  risks = 0;
  private growthBytesPerMs = 0;
  /** As it was over the last tick, in bytes a millisecond. */
  private growth = 0;
  private needBytes = LEAST_USE_BYTES;
  private aimBytes = LEAST_USE_BYTES;
  private until: number;
  private peaks: { readonly at: number; readonly bytes: number }[] = [];
  private riskSince: number | null = null;
  private sent: { readonly at: number; readonly target: Size; readonly floor: Size; readonly attempts: number } | null =
    null;

  constructor(
    readonly name: string,
    private readonly random: Random,
  ) {
    this.until = between(random, 5, 90) * SECOND_MS;
  }

  /** Load for another 100 ms; what is used beyond the size is killed, and the load begins anew. */
  tick(at: number): void {
    if (at >= this.until) this.turn(at);
    const before = this.useBytes;
    const step = this.growthBytesPerMs * TICK_MS;
    this.useBytes = step > 0 ? Math.min(this.aimBytes, before + step) : Math.max(this.aimBytes, before + step);
    if (this.useBytes > this.size.mem) this.kill(at);
    this.judge(at, Math.max(0, this.useBytes - before) / TICK_MS);
  }

  takes(size: Size, at: number): void {
    this.size = size;
    this.noteRisk(at);
  }

  /** Judged on what is used now (rule R5). */
  agrees({ mem }: Size): boolean {
    return mem >= this.needBytes;
  }

  /** A changed request at once, a repeated one with back-off, at most one a second. */
  nextRequest(at: number): Request | null {
    const { want, floor } = this;
    if (!this.isDue(at)) return null;
    this.sent = { at, target: want, floor, attempts: this.isNews(at) ? 0 : (this.sent?.attempts ?? 0) + 1 };
    this.noteRisk(at);
    if (this.growth <= 0) return { target: want, floor };
    return { target: want, floor, withinMs: Math.round(Math.max(0, this.size.mem - this.useBytes) / this.growth) };
  }

  private isDue(at: number): boolean {
    const { sent, want } = this;
    const waited = sent === null ? Infinity : at - sent.at;
    if (waited < RESEND_FIRST_MS) return false;
    const backOff = Math.min(RESEND_LAST_MS, RESEND_FIRST_MS * 2 ** (sent?.attempts ?? 0));
    return this.isNews(at) || (want.mem !== this.size.mem && waited >= backOff);
  }

  /** Another size, a floor above the size, or (now and then) one that has sunk: the agent may lend what is above it. */
  private isNews(at: number): boolean {
    const { sent, want, floor, size } = this;
    if (sent === null || sent.target.mem !== want.mem) return true;
    if (floor.mem > sent.floor.mem) return floor.mem > size.mem;
    return floor.mem < sent.floor.mem && at - sent.at >= SUNK_FLOOR_MS;
  }

  /** Up to another level, fast or slowly, or back down. */
  private turn(at: number): void {
    const { random } = this;
    const isBurst = this.aimBytes < 1.2 * GIB && random() < 0.4;
    this.aimBytes = isBurst ? between(random, 2, 4) * GIB : between(random, 0.5, 1.2) * GIB;
    const up = isBurst ? between(random, 60, 150) : between(random, 20, 100);
    this.growthBytesPerMs = ((this.aimBytes > this.useBytes ? up : -500) * MIB) / SECOND_MS;
    this.until = at + (isBurst ? between(random, 15, 30) : between(random, 30, 150)) * SECOND_MS;
  }

  private kill(at: number): void {
    this.ooms += 1;
    this.useBytes = LEAST_USE_BYTES;
    this.turn(at);
  }

  private judge(at: number, growth: number): void {
    this.peaks = this.peaks.filter((peak) => peak.at > at - RETENTION_MS && peak.bytes > this.useBytes);
    this.peaks.push({ at, bytes: this.useBytes });
    this.growth = growth;
    const needed = this.useBytes + MARGIN_BYTES + growth * GRANT_MS;
    this.needBytes = needed;
    this.floor = wholeUnits(needed);
    this.want = wholeUnits(Math.max(needed + growth * GRANT_MS, ROOM * this.peaks[0]!.bytes + MARGIN_BYTES));
  }

  /** At risk for as long as it has less than the floor of its last request. */
  private noteRisk(at: number): void {
    const isAtRisk = this.sent !== null && this.size.mem < this.sent.floor.mem;
    if (isAtRisk && this.riskSince === null) {
      this.riskSince = at;
      this.risks += 1;
    }
    if (this.riskSince !== null) this.longestRiskMs = Math.max(this.longestRiskMs, at - this.riskSince);
    if (!isAtRisk) this.riskSince = null;
  }
}
