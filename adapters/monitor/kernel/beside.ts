/**
 * A cgroup whose memory counts as that of the managed one: the throttle cgroup, into which a throttle moves processes.
 * What they had stays charged where it was, and what they take comes here, so use is the sum of both. It
 * is there only for moments, so no handle is held open.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLeft, right } from 'fp-ts/Either';
import type { MemoryStat, Read } from '../../../streams/raw-sample';
import { parseMemoryStat } from './parse/memory-stat';

/** Null where it is not there (any more), or says nothing that we understand: then the managed cgroup counts alone. */
const memoryIn = (directory: string): MemoryStat | null => {
  const file = join(directory, 'memory.stat');
  try {
    const parsed = parseMemoryStat(file, readFileSync(file, 'latin1'));
    return isLeft(parsed) ? null : parsed.right;
  } catch {
    return null;
  }
};

/** The refaults stay those of the managed cgroup: a sum would go back when the other one goes. */
const sum = (managed: MemoryStat, other: MemoryStat): MemoryStat => ({
  ...managed,
  anonBytes: managed.anonBytes + other.anonBytes,
  shmemBytes: managed.shmemBytes + other.shmemBytes,
  fileBytes: managed.fileBytes + other.fileBytes,
  kernelBytes: managed.kernelBytes + other.kernelBytes,
  fileMappedBytes: managed.fileMappedBytes + other.fileMappedBytes,
});

/** @param directory of the other cgroup; null: there is none */
export const withMemoryOf = (managed: Read<MemoryStat>, directory: string | null): Read<MemoryStat> => {
  if (directory === null || isLeft(managed)) return managed;
  const other = memoryIn(directory);
  return other === null ? managed : right(sum(managed.right, other));
};
