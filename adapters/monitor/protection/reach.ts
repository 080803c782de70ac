/**
 * All that protection reaches the machine with, in one place: tests put a fake tree behind it, count its
 * steps, and stop or kill the monitor between any two of them (rule R3).
 */
import { actuatorFiles, type LimitFiles } from './files';
import { SHARED_MEMORY_MOUNT } from './throttle';
import { type UndoFiles, undoFiles } from './undo-files';

export interface Reach {
  readonly files: LimitFiles;
  readonly undoFiles: UndoFiles;
  /** Where shared memory is refused. */
  readonly sharedMemoryMount: string;
}

export const MACHINE: Reach = { files: actuatorFiles, undoFiles, sharedMemoryMount: SHARED_MEMORY_MOUNT };
