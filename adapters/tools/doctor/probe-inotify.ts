/** Whether the kernel will notify us: known by trying. */
import { watch } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { fileFailure } from '../../shared/node-error';
import { parseSingleNumber } from '../../shared/parse/single-value';
import type { Fact, Facts } from './facts';
import { readFact } from './read';

/** Sets a watch and takes it away again. */
const tryWatch = (path: string): Fact<true> => {
  try {
    watch(path, { persistent: false }).close();
    return E.right(true);
  } catch (error) {
    return E.left(fileFailure(path, error).message);
  }
};

export const probeInotify = async (procRoot: string): Promise<Facts['inotify']> => {
  const limit = (name: string): Promise<Fact<number>> =>
    readFact(join(procRoot, 'sys/fs/inotify', name), parseSingleNumber);
  return {
    watch: tryWatch(procRoot),
    maxInstances: await limit('max_user_instances'),
    maxWatches: await limit('max_user_watches'),
  };
};
