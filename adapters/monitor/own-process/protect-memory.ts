/** Rule R13: the monitor keeps its own memory, where it may. */
import { keepFromReclaim, type OwnProcess } from './memory-min';
import { sparedByOomKiller } from './oom-score';
import { ownFiles } from './own-files';

/**
 * To be called once, before the watchdog process and other helpers are started: they inherit the OOM score.
 * Never rejects. @returns lines for the start, one an outcome
 */
export const protectOwnMemory = async (process: OwnProcess): Promise<readonly string[]> => {
  const files = ownFiles(process.files);
  return [await keepFromReclaim({ ...process, files }), await sparedByOomKiller(files, process.procRoot)];
};
