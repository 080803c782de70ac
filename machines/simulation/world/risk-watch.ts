/** How long a VM had less memory than the floor that its monitor last told the agent. */
export class RiskWatch {
  private sizeBytes = Infinity;
  private floorBytes = 0;
  private since: number | null = null;
  private longest = 0;

  /** @param floorBytes null: none was told with this request */
  told(atMs: number, floorBytes: number | null): void {
    this.floorBytes = floorBytes ?? 0;
    this.note(atMs);
  }

  resized(atMs: number, sizeBytes: number): void {
    this.sizeBytes = sizeBytes;
    this.note(atMs);
  }

  /** One that lasts counts until now. */
  longestMs(nowMs: number): number {
    return Math.max(this.longest, this.since === null ? 0 : nowMs - this.since);
  }

  private note(atMs: number): void {
    this.longest = this.longestMs(atMs);
    const isAtRisk = this.sizeBytes < this.floorBytes;
    if (!isAtRisk) this.since = null;
    else this.since ??= atMs;
  }
}
