/** Rule R13: the monitor keeps its own memory, where it may; and the OOM killer takes others first. */
import { join } from 'node:path';
import { errorText } from '../../../machines/shared/error-text';
import { keepFromReclaim, type OwnProcess } from './memory-min';
import { ownFiles, readNumber, type OwnFiles } from './own-files';

/**
 * Makes the OOM killer choose us among the last (proc_pid_oom_score_adj(5)): without us nobody asks
 * for more memory, and a few dozen MiB would relieve nobody. Not -1000, which forbids to kill us: a
 * monitor that leaks must not outlive Postgres.
 *
 * If we die the next instant the value is gone with us. Children inherit it; ours are the watchdog process, which
 * must outlive a shortage to lift our limits, and short helpers. So it is to be set before the watchdog process
 * is started.
 */
export const OWN_OOM_SCORE_ADJ = -900;

const FIX = 'set OOMScoreAdjust=-900 in its service (it needs CAP_SYS_RESOURCE)';

/** Does what may be done. Never rejects. @returns one line for the start: what was done, or why not and the fix */
const sparedByOomKiller = async (files: OwnFiles, procRoot: string): Promise<string> => {
  const file = join(procRoot, 'self/oom_score_adj');
  try {
    const present = await readNumber(files, file);
    // What spares us more than we would ask for was chosen by the service manager.
    if (present > OWN_OOM_SCORE_ADJ) await files.writeKernel(file, String(OWN_OOM_SCORE_ADJ));
    return `among the last for the OOM killer (oom_score_adj ${Math.min(present, OWN_OOM_SCORE_ADJ)})`;
  } catch (error) {
    return `not spared by the OOM killer: ${errorText(error)}; ${FIX}`;
  }
};

/**
 * To be called once, before the watchdog process and other helpers are started: they inherit the OOM score.
 * Never rejects. @returns lines for the start, one an outcome
 */
export const protectOwnMemory = async (process: OwnProcess): Promise<readonly string[]> => {
  const files = ownFiles(process.files);
  return [await keepFromReclaim({ ...process, files }), await sparedByOomKiller(files, process.procRoot)];
};
