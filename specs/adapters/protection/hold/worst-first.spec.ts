/** In which order the processes come into question for a cancel. */
import { MIB } from '../../../../machines/units';
import { worstFirst } from '../../../../adapters/protection/hold/cancel';
import type { ProcessGrowth } from '../../../../adapters/protection/hold/growth';

describe('the worst', () => {
  const process = (pid: number, growthMib: number, rssMib: number): ProcessGrowth => ({
    pid,
    parentPid: 1,
    growthBytesPerS: growthMib * MIB,
    rssBytes: rssMib * MIB,
  });

  it.each([
    ['is the one that grows fastest', [process(1, 2, 900), process(2, 200, 100)], [], [2, 1]],
    ['is the largest where two grow alike', [process(1, 20, 100), process(2, 20, 900)], [], [2, 1]],
    ['is the largest where growth is mere noise', [process(1, 0.5, 100), process(2, 0, 900)], [], [2, 1]],
    [
      'is one that is held, by what it grew before',
      [process(1, 50, 900), process(2, 0, 100)],
      [{ pid: 2, growthBytesPerS: 200 * MIB }],
      [2, 1],
    ],
  ])('%s', (_who, processes, held, pids) => {
    expect(worstFirst(processes, held).map(({ pid }) => pid)).toEqual(pids);
  });
});
