/** What is left of a run's guests for whoever wants to know why it failed: .cache/vm/runs/NAME.spec.ts/, or runs/demo/. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheDirectory } from '../image/places';

const counts = new Map<string, number>();

/** A spec's file under jest; outside of it the program that runs. */
const runName = (): string =>
  typeof expect === 'undefined' ? basename(__filename, '.cjs') : basename(expect.getState().testPath ?? 'no spec');

let made: string | null = null;

/** What the last run left goes when this one has something to keep. */
export const runDirectory = (): string => {
  if (made !== null) return made;
  made = join(cacheDirectory(), 'runs', runName());
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  return made;
};

/** Keeps a text, or the bytes of a file, as KIND-1, KIND-2 …, in order. */
export const keep = (kind: string, content: string | Buffer): void => {
  const count = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, count);
  writeFileSync(join(runDirectory(), `${kind}-${count}`), content);
};
