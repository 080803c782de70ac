/** Who is to blame that memory ends, and in which order. */
import { MIB } from '../../../../../machines/shared/units';
import { blameFor, groupsToBlame } from '../../../../../adapters/monitor/protection/processes/blame';
import type { ProcessGrowth } from '../../../../../adapters/monitor/protection/processes/growth';

const process = (pid: number, growthMib: number, anonMib: number): ProcessGrowth => ({
  pid,
  parentPid: 1,
  growthBytesPerS: growthMib * MIB,
  anonBytes: anonMib * MIB,
  cores: null,
});

type Held = Parameters<typeof blameFor>[1];

/** By pid, each of a statement of its own. */
const toBlame = (processes: readonly ProcessGrowth[], held: Held = []): readonly number[] => {
  const { parts, leastBytes } = blameFor(processes, held);
  return groupsToBlame(parts, (part) => part.process.pid, leastBytes).flatMap((group) =>
    group.map((part) => part.process.pid),
  );
};

describe('to blame', () => {
  it.each([
    ['is the one that grows, however large others are', [process(1, 2, 900), process(2, 200, 100)], [], [2]],
    [
      'are all that have a quarter of the growth',
      [process(1, 30, 9), process(2, 40, 9), process(3, 24, 9)],
      [],
      [2, 1, 3],
    ],
    ['is the larger one of two that grow alike', [process(1, 20, 100), process(2, 20, 900)], [], [2, 1]],
    ['is nobody of many that grow alike', [1, 2, 3, 4, 5].map((pid) => process(pid, 4, 900)), [], []],
    ['is the owner of the memory where growth is mere noise', [process(1, 0.5, 100), process(2, 0, 900)], [], [2]],
    ['is nobody of many that hold alike', [1, 2, 3, 4, 5].map((pid) => process(pid, 0, 900)), [], []],
    [
      'is one that is held, by what it grew before',
      [process(1, 50, 900), process(2, 0, 100)],
      [{ pid: 2, growthBytesPerS: 200 * MIB }],
      [2],
    ],
    ['is nobody of nobody', [], [], []],
  ])('%s', (_who, processes, held, pids) => {
    expect(toBlame(processes, held)).toEqual(pids);
  });

  it('are all who work at one statement together', () => {
    const workers = [1, 2, 3, 4, 5, 6].map((pid) => process(pid, 10, 9));
    const { parts, leastBytes } = blameFor([...workers, process(7, 40, 9)], []);
    const leaderOf = (part: { process: ProcessGrowth }): number => (part.process.pid < 7 ? 1 : 7);
    const groups = groupsToBlame(parts, leaderOf, leastBytes);
    expect(groups.map((group) => group.map((part) => part.process.pid))).toEqual([[1, 2, 3, 4, 5, 6], [7]]);
  });
});
