/** Cuts a byte stream into lines, and never holds more than one of the longest. */
const NEWLINE = 0x0a;

export class BoundedLines {
  #held: Buffer[] = [];
  #retainedBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** @returns the lines that end in `chunk`, without their ends; null: a line is longer than the bound */
  take(chunk: Buffer): readonly string[] | null {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      if (!this.#hold(chunk.subarray(from, end))) return null;
      lines.push(this.#release());
      from = end + 1;
    }
    return this.#hold(chunk.subarray(from)) ? lines : null;
  }

  #hold(part: Buffer): boolean {
    this.#retainedBytes += part.length;
    if (this.#retainedBytes > this.maxBytes) return false;
    if (part.length > 0) this.#held.push(part);
    return true;
  }

  #release(): string {
    const line = Buffer.concat(this.#held, this.#retainedBytes).toString('utf8');
    this.#held = [];
    this.#retainedBytes = 0;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}
