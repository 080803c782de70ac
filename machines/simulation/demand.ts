/** What a trace demands at a moment, before noise and before the bounds. */
import { isGap, rowSeconds, type Trace } from './trace';

/** Memory does not jump: it moves to a row's value within so many seconds. */
const RAMP_SECONDS = 10;

/** Memory at the end of the first `elapsedSeconds` of a row: linear from the row before to this one's. */
export const memoryInRow = (trace: Trace, row: number, elapsedSeconds: number): number => {
  const to = trace.memBytes[row] ?? 0;
  const from = row === 0 ? to : (trace.memBytes[row - 1] ?? to);
  const share = elapsedSeconds / Math.min(rowSeconds(trace, row), RAMP_SECONDS);
  return share < 1 ? from + (to - from) * share : to;
};

/** Reads demand `aheadSeconds` after a moment that only moves forward. */
export class DemandCursor {
  /** Row of the moment, and of what lies ahead of it. */
  private row = 0;
  private aheadRow = 0;
  private elapsed = 0;

  constructor(
    private readonly trace: Trace,
    private readonly aheadSeconds: number,
  ) {}

  /** Moves to the second that begins at `now`. Gaps do not count as time; at the end it stays in the last row. */
  seek(now: number): void {
    const { seconds } = this.trace;
    while (this.row + 2 < seconds.length && (seconds[this.row + 1] ?? Infinity) <= now) this.row += 1;
    this.aheadRow = this.row;
    this.elapsed = now + this.aheadSeconds - (seconds[this.row] ?? 0);
    while (this.aheadRow + 2 < seconds.length && this.elapsed >= this.length(this.aheadRow)) {
      this.elapsed -= this.length(this.aheadRow);
      this.aheadRow += 1;
    }
  }

  private length(row: number): number {
    return isGap(this.trace, row) ? 0 : rowSeconds(this.trace, row);
  }

  get cpuCores(): number {
    return this.trace.cpuCores[this.aheadRow] ?? 0;
  }

  /** At the end of the second. */
  get memBytes(): number {
    return memoryInRow(this.trace, this.aheadRow, this.elapsed + 1);
  }
}
