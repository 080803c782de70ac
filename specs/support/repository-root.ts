/** The top of the clone, seen from a spec as well as from the bundle of the benchmarks in dist/. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const above = (directory: string): string => {
  if (existsSync(join(directory, 'package.json'))) return directory;
  if (directory === dirname(directory)) throw new Error(`no package.json above ${__dirname}`);
  return above(dirname(directory));
};

export const ROOT = above(__dirname);
