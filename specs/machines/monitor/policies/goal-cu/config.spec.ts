import {
  GOAL_CU_DEFAULTS,
  completeGoalCuConfig,
  type GoalCuConfig,
} from '../../../../../machines/shared/goal-cu/config';

describe('config of the goal formula', () => {
  it('takes defaults for the keys left out', () => {
    expect(completeGoalCuConfig({})).toEqual(GOAL_CU_DEFAULTS);
    expect(completeGoalCuConfig({ cpuStableZoneRatio: 0.5 })).toEqual({ ...GOAL_CU_DEFAULTS, cpuStableZoneRatio: 0.5 });
  });

  it.each<[Partial<GoalCuConfig>, string]>([
    [{ loadAverageFractionTarget: 0 }, 'config.loadAverageFractionTarget is 0; allowed: a finite number > 0'],
    [{ memoryUsageFractionTarget: -1 }, 'config.memoryUsageFractionTarget is -1; allowed: a finite number > 0'],
    [{ memoryTotalFractionTarget: NaN }, 'config.memoryTotalFractionTarget is NaN; allowed: a finite number > 0'],
    [{ lfcToMemoryRatio: 0 }, 'config.lfcToMemoryRatio is 0; allowed: a finite number > 0'],
    [{ cpuStableZoneRatio: -0.1 }, 'config.cpuStableZoneRatio is -0.1; allowed: a finite number >= 0'],
    [{ cpuMixedZoneRatio: Infinity }, 'config.cpuMixedZoneRatio is Infinity; allowed: a finite number >= 0'],
    [{ lfcWindowSizeMinutes: 1 }, 'config.lfcWindowSizeMinutes is 1; allowed: an integer >= 2'],
    [{ lfcWindowSizeMinutes: 2.5 }, 'config.lfcWindowSizeMinutes is 2.5; allowed: an integer >= 1'],
    [
      { lfcMinWaitBeforeDownscaleMinutes: 4 }, // shorter than the default window of 5
      'config.lfcMinWaitBeforeDownscaleMinutes is 4; allowed: an integer >= 5',
    ],
    [
      { lfcUseLargestWindow: true, lfcMinWaitBeforeDownscaleMinutes: 0 },
      'config.lfcMinWaitBeforeDownscaleMinutes is 0; allowed: an integer >= 1',
    ],
  ])('refuses %j', (wrong, message) => {
    expect(() => completeGoalCuConfig(wrong)).toThrow(new RangeError(message));
  });

  it('refuses a switch that is no boolean, as untyped callers may pass', () => {
    const untyped: Partial<GoalCuConfig> = JSON.parse('{"lfcUseLargestWindow":"no"}') as Partial<GoalCuConfig>;
    expect(() => completeGoalCuConfig(untyped)).toThrow(
      new RangeError('config.lfcUseLargestWindow is no; allowed: true or false'),
    );
  });

  it('does not tie the wait to the window when the largest window is taken, as no plateau is looked for', () => {
    const config = { lfcUseLargestWindow: true, lfcWindowSizeMinutes: 5, lfcMinWaitBeforeDownscaleMinutes: 1 };
    expect(completeGoalCuConfig(config)).toEqual({ ...GOAL_CU_DEFAULTS, ...config });
  });

  it('accepts a wait that equals the window', () => {
    const config = { lfcWindowSizeMinutes: 2, lfcMinWaitBeforeDownscaleMinutes: 2 };
    expect(completeGoalCuConfig(config)).toEqual({ ...GOAL_CU_DEFAULTS, ...config });
  });
});
