import { GOAL_CU_DEFAULTS, type GoalCuConfig } from '../../../../../machines/shared/goal-cu/config';
import { fileCachePart } from '../../../../../machines/shared/goal-cu/file-cache-part';
import { goalComputeUnits, type GoalCuResult } from '../../../../../machines/shared/goal-cu/formula';
import { GIB } from '../../../../../machines/shared/units';

const PAGE = 8192;

/** A unit of one page of which half is for the cache: the part is twice the projected pages. */
const partOf = (series: readonly number[], config: Partial<GoalCuConfig> = {}): ReturnType<typeof fileCachePart> =>
  fileCachePart({ ...GOAL_CU_DEFAULTS, lfcToMemoryRatio: 0.5, ...config }, PAGE, series);

const SHORT = { lfcMinWaitBeforeDownscaleMinutes: 3, lfcWindowSizeMinutes: 2 };
const LARGEST = { ...SHORT, lfcUseLargestWindow: true };

describe('part of the file cache', () => {
  it('is 0 and has no working set while the series is too short: 8 of 4 + 5', () => {
    expect(partOf(Array.from({ length: 8 }, () => 100))).toEqual({ goalCU: 0, workingSetBytes: null });
  });

  it('is 0 for an empty series', () => {
    expect(partOf([])).toEqual({ goalCU: 0, workingSetBytes: null });
  });

  it('counts from the shortest series that suffices: 9 of 4 + 5', () => {
    const level = Array.from({ length: 9 }, () => 100);
    expect(partOf(level)).toEqual({ goalCU: 200, workingSetBytes: 100 * PAGE });
  });

  it.each<[string, readonly number[], Partial<GoalCuConfig>, pages: number]>([
    // At index 6: 500 - 140 > 3 x (140 - 120). Of the values before 500: 140 + 10 x 0.5.
    ['the plateau, drawn on', [100, 110, 120, 130, 140, 140, 140, 140, 140, 140, 500, 900], {}, 145],
    // Estimate 40, the last value; nothing exceeds it: 40 + 10 x 0.5.
    ['steady growth, drawn on', [10, 20, 30, 40], SHORT, 45],
    // Estimate 100; 900 lies before the offset of 2 and does not cut the series.
    ['a height before the shortest wait counts', [900, 100, 100, 100], SHORT, 900],
    // Estimate 100 (index 2); 101 is the first above it. Equal values do not cut: 100 + 50 x 0.5.
    ['a value equal to the estimate stays', [50, 100, 100, 101, 900], SHORT, 125],
    // Estimate 200, the last; index 2 exceeds it and cuts: of [100, 300], 300 + 200 x 0.5.
    ['largest window: what exceeds it from the shortest wait on is cut', [100, 300, 300, 300, 200], LARGEST, 400],
    // With the plateau rule this would end at 100; the largest window takes all: 900 + 800 x 0.5.
    ['largest window: no plateau is looked for', [100, 100, 100, 900], LARGEST, 1300],
  ])('%s: %j', (_what, series, config, pages) => {
    expect(partOf(series, config)).toEqual({ goalCU: 2 * pages, workingSetBytes: pages * PAGE });
  });

  it('cuts the working set to whole bytes', () => {
    // 10.1 pages are 82739.2 bytes.
    expect(partOf([10.1, 10.1, 10.1, 10.1], SHORT).workingSetBytes).toBe(82_739);
  });

  it('throws when the series falls so early that nothing is left to project', () => {
    const config = { ...LARGEST, lfcMinWaitBeforeDownscaleMinutes: 2 };
    expect(() => partOf([100, 300, 200], config)).toThrow(
      new RangeError('series.length is 1; allowed: an integer >= 2'),
    );
  });
});

describe('memory of use and working set together', () => {
  /** A working set of `gib`, long enough for the default config. */
  const goal = (usageGib: number, cachedGib: number, workingSetGib: number, minutes = 9): GoalCuResult =>
    goalComputeUnits({
      config: { enableLFCMetrics: true },
      computeUnit: { vcpu: 0.25, memBytes: GIB },
      system: {
        loadAverage1Min: 0,
        loadAverage5Min: 0,
        memoryUsageBytes: usageGib * GIB,
        memoryCachedBytes: cachedGib * GIB,
      },
      lfc: {
        approximateWorkingSetSizeBuckets: Array.from({ length: minutes }, () => (workingSetGib * GIB) / PAGE),
      },
    });

  it.each([
    // usage, cached, working set: (min(cached, working set) + usage) / 0.9 against usage / 0.75
    [1, 2, 1, 2 / 0.9],
    [1, 0.25, 1, 1.25 / 0.9],
    [1, 1, 1, 2 / 0.9],
    [1, 0, 1, 1 / 0.75], // 1 / 0.9 is less than use alone asks for
  ])('%d GiB in use, %d GiB cached, working set %d GiB', (usage, cached, workingSet, mem) => {
    expect(goal(usage, cached, workingSet).parts.mem).toBeCloseTo(mem, 8);
  });

  it('counts as the largest part', () => {
    // cpu 0, mem 2 / 0.9 = 2.22, lfc 1 / 0.75 = 1.33
    expect(goal(1, 2, 1).goalCU).toBe(3);
    // mem (3 + 1) / 0.9 = 4.44, lfc 6 / 0.75 = 8
    expect(goal(1, 3, 6).goalCU).toBe(8);
  });

  it('has no cache in it while the series is too short', () => {
    const result = goal(0.75, 2, 1, 8);
    expect(result).toEqual({ goalCU: 1, parts: { cpu: 0, mem: 1, lfc: 0 }, hasAllMetrics: true });
  });
});
