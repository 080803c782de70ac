/** Simulated time: what is to happen, in order. Of two things at the same millisecond, the one that was entered first. */

interface Entry {
  readonly at: number;
  readonly run: () => void;
}

/** Takes an entry back; harmless once it has run. */
export type TakeBack = () => void;

export class Agenda {
  now = 0;
  /** Latest first, so that the next one is cheap to take. A few dozen at most. */
  private readonly entries: Entry[] = [];

  in(delayMs: number, run: () => void): TakeBack {
    const entry = { at: this.now + Math.max(0, delayMs), run };
    this.insert(entry);
    return () => {
      const index = this.entries.indexOf(entry);
      if (index >= 0) this.entries.splice(index, 1);
    };
  }

  /** Runs all that is due until `end`, and moves time there. */
  runUntil(end: number): void {
    for (let next = this.entries.at(-1); next !== undefined && next.at <= end; next = this.entries.at(-1)) {
      this.entries.pop();
      this.now = next.at;
      next.run();
    }
    this.now = end;
  }

  private insert(entry: Entry): void {
    const { entries } = this;
    let index = entries.length;
    while (index > 0 && (entries[index - 1]?.at ?? Infinity) <= entry.at) index -= 1;
    entries.splice(index, 0, entry);
  }
}
