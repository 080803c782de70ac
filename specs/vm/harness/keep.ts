/** What is left of a spec's guests for whoever wants to know why it failed: .cache/vm/runs/NAME.spec.ts/. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheDirectory } from '../image/places';

const counts = new Map<string, number>();

const directory = (): string => {
  const path = join(cacheDirectory(), 'runs', basename(expect.getState().testPath ?? 'no spec'));
  // What the last run left goes when this one has something to keep.
  if (counts.size === 0) rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
};

/** Keeps a text, or the bytes of a file, as KIND-1, KIND-2 …, in order. */
export const keep = (kind: string, content: string | Buffer): void => {
  const path = directory();
  const count = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, count);
  writeFileSync(join(path, `${kind}-${count}`), content);
};
