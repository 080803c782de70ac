/** The region `limits` in contexts that its table does not show: newest wish, lifting, back-off. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { GIB } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, resultOf, stepFrom } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';

const limits = (differences: Partial<MonitorContext['limits']>): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'tripwire', hardLimit: true },
    limits: { wantedBytes: GIB, appliedBytes: GIB, failures: 0, ...differences },
  });

const applied = (step: ReturnType<typeof stepFrom>): unknown => {
  const [output] = step.outputs;
  return output?.type === 'command.issued' && output.command.type === 'limits.apply'
    ? output.command.hardLimitBytes
    : undefined;
};

describe('the hard limit', () => {
  it('is not set while none is wanted', () => {
    const absent = limits({ wantedBytes: null, appliedBytes: null });
    const step = stepFrom('limits', 'absent', absent, { ...SAMPLES['limits.wanted'], hardLimitBytes: null });
    expect(resultOf('limits', step)).toEqual({ to: 'absent', does: [] });
  });

  it('follows the newest wish when the write under way has ended', () => {
    const step = stepFrom('limits', 'setting', limits({ wantedBytes: 3 * GIB }), SAMPLES['limits.applied']);
    expect(resultOf('limits', step).to).toBe('setting');
    expect(applied(step)).toBe(3 * GIB);
  });

  it('is lifted when none is wanted any more', () => {
    const none = { ...SAMPLES['limits.wanted'], hardLimitBytes: null };
    expect(applied(stepFrom('limits', 'set', limits({}), none))).toBeNull();
  });

  it('is lifted by a grant, also by one that comes while it is being set', () => {
    expect(applied(stepFrom('limits', 'set', limits({}), SAMPLES['upscale.notified']))).toBeNull();
    const meanwhile = stepFrom('limits', 'setting', limits({}), SAMPLES['upscale.notified']);
    expect(applied(stepFrom('limits', 'setting', meanwhile.snapshot.context, SAMPLES['limits.applied']))).toBeNull();
  });

  it('that the watchdog process has lifted is set again as it was', () => {
    expect(applied(stepFrom('limits', 'set', limits({}), SAMPLES['watchdog.lifted']))).toBe(GIB);
  });

  it.each([
    [0, 1000],
    [2, 4000],
    [9, 30_000],
    [1e6, 30_000],
  ])('that fails after %i failures is tried again in %i ms', (failures, delayMs) => {
    const step = stepFrom('limits', 'setting', limits({ failures }), SAMPLES['limits.failed']);
    expect(step.timers).toMatchObject([{ id: 'limits.retry', delayMs }]);
    expect(step.snapshot.context.limits.failures).toBe(failures + 1);
  });

  it('that works forgives the failures before', () => {
    const step = stepFrom('limits', 'setting', limits({ failures: 3 }), SAMPLES['limits.applied']);
    expect(step.snapshot.context.limits.failures).toBe(0);
  });
});
