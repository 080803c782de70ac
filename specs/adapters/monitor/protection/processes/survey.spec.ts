/** Who grows, where one takes memory only now and then. */
import { setTimeout } from 'node:timers/promises';
import { MIB } from '../../../../../machines/shared/units';
import {
  survey,
  SLOPE_WINDOW_MS,
  SURVEY_WINDOWS_MS,
} from '../../../../../adapters/monitor/protection/processes/survey';
import { rightOf } from '../../../../support/either';
import { endProcesses, startGrowingOnDemand } from '../../../../support/growing-process';
import { createProtectionTree, type ProtectionTree } from '../../../../support/protection-tree';

let tree: ProtectionTree;
beforeEach(() => {
  tree = createProtectionTree();
});
afterEach(async () => {
  await endProcesses();
  tree.dispose();
});

/** Its growth, when it takes memory in the last of these pauses; and which pauses there were. */
const surveyed = async (growsIn: number, windowsMs: readonly number[]) => {
  const { pid, grow } = await startGrowingOnDemand();
  tree.set('cgroup.procs', `${pid}\n`);
  const pauses: number[] = [];
  const pause = async (ms: number): Promise<void> => {
    if (pauses.push(ms) === growsIn) await grow();
    // In no time the page that a process takes by the way would be megabytes a second.
    await setTimeout(ms);
  };
  const { processes } = rightOf(await survey([tree.paths.managed], '/proc', { windowsMs, pause }));
  return { grows: (processes[0]?.growthBytesPerS ?? 0) > MIB, pauses };
};

it.each([1, 2, 3])('who takes memory only in window %i is found, and is not waited for any longer', async (window) => {
  expect(await surveyed(window, SURVEY_WINDOWS_MS)).toEqual({
    grows: true,
    pauses: SURVEY_WINDOWS_MS.slice(0, window),
  });
});

it('who takes none in any of them does not grow', async () => {
  expect(await surveyed(4, SURVEY_WINDOWS_MS)).toEqual({ grows: false, pauses: SURVEY_WINDOWS_MS });
  expect(await surveyed(2, [SLOPE_WINDOW_MS])).toEqual({ grows: false, pauses: [SLOPE_WINDOW_MS] });
});
