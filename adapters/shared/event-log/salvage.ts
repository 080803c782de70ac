/** What a damaged segment still shows: how far the numbers in it went, so that none is given out twice. */
import { wholenessOf } from './checksum';
import { lineBatches } from './line-batches';

export interface HighestNumbers {
  readonly seq: number;
  readonly at: number;
}

/** The head of a line as our writer makes it; what follows may be damaged. */
const LINE_HEAD = /^\{"v":\d+,"seq":(\d{1,12}),"at":(\d{1,15}),/;
const HEAD_BYTES = 64;

/** A line that is known to be damaged had a number too, but maybe not the one that it shows. */
const higher = (found: HighestNumbers, line: Buffer): HighestNumbers => {
  if (wholenessOf(line) === 'damaged') return { ...found, seq: found.seq + 1 };
  const [, seq, at] = LINE_HEAD.exec(line.toString('latin1', 0, HEAD_BYTES)) ?? [];
  return { seq: Math.max(found.seq, Number(seq ?? 0)), at: Math.max(found.at, Number(at ?? 0)) };
};

/** The highest seq and at in the lines that bear them, at least `floor`. Stops where the file cannot be read on. */
export const highestNumbers = async (path: string, floor: HighestNumbers): Promise<HighestNumbers> => {
  let found = floor;
  try {
    for await (const lines of lineBatches(path)) found = lines.reduce(higher, found);
  } catch {
    return found; // The damage has been reported already; this is what could be had.
  }
  return found;
};
