/** Restores what a monitor has left; run by killed-while-restoring.spec.ts at every step. */
import { restoreSync } from '../../../../adapters/monitor/protection/restore';
import { runScenario } from '../../../support/fatal-step';

void runScenario(({ tree: { paths }, undoFiles: files }) => {
  const { failed } = restoreSync({ paths, files, mode: 'ours' });
  return failed.length === 0 ? Promise.resolve() : Promise.reject(new Error(failed.join('; ')));
});
