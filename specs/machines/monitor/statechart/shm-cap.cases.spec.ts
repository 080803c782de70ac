/** The region `refusal` in contexts that its table does not show: its back-off and its guards. */
import type { ChartContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, resultOf, stepFrom } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';

const full = (danger: ChartContext['danger'], failures = 0): ChartContext =>
  context({ config: { ...CHART_CONFIG, protect: 'full' }, danger, refusal: { failures } });

describe('refusing shared memory', () => {
  it.each(['observe', 'tripwire', 'hold'] as const)('is forbidden with --protect %s', (protect) => {
    const forbidden = context({ config: { ...CHART_CONFIG, protect } });
    const step = stepFrom('refusal', 'observing', forbidden, SAMPLES['monitor.started']);
    expect(resultOf('refusal', step)).toEqual({ to: 'observing', does: [] });
  });

  it.each(['hold', 'cancel'] as const)('does not follow a danger that asks to %s', (danger) => {
    const step = stepFrom('refusal', 'ready', full('none'), { ...SAMPLES['danger.changed'], danger });
    expect(resultOf('refusal', step)).toEqual({ to: 'ready', does: [] });
  });

  it('lasts half a minute at most', () => {
    const step = stepFrom('refusal', 'capping', full('refuse'), SAMPLES['sharedMemory.capped']);
    expect(step.timers).toMatchObject([{ id: 'refusal', name: 'refusal.over', delayMs: 30_000 }]);
  });

  it('ends when danger is over, also if that was before it had begun', () => {
    const calmed = { ...SAMPLES['danger.changed'], danger: 'none' as const };
    expect(resultOf('refusal', stepFrom('refusal', 'refusing', full('hold'), calmed)).to).toBe('restoring');
    const late = stepFrom('refusal', 'capping', full('none'), SAMPLES['sharedMemory.capped']);
    expect(resultOf('refusal', late).to).toBe('restoring');
  });

  it.each([
    [0, 1000],
    [3, 8000],
    [9, 30_000],
  ])('that failed after %i failures is tried again in %i ms, once it is undone', (failures, delayMs) => {
    const failed = stepFrom('refusal', 'capping', full('refuse', failures), SAMPLES['sharedMemory.failed']);
    const undone = stepFrom('refusal', 'restoring', failed.chart.context, SAMPLES['sharedMemory.restored']);
    expect(resultOf('refusal', undone)).toEqual({ to: 'resting', does: ['+refusal.retry'] });
    expect(undone.timers).toMatchObject([{ id: 'refusal.retry', delayMs }]);
  });

  it.each([
    [0, 100],
    [9, 1000],
    [1e6, 1000],
  ])('that could not be undone after %i failures is undone again in %i ms', (failures, delayMs) => {
    const step = stepFrom('refusal', 'restoring', full('none', failures), SAMPLES['sharedMemory.failed']);
    expect(step.timers).toMatchObject([{ id: 'refusal.retry', delayMs }]);
  });

  it('that works forgives the failures before', () => {
    const step = stepFrom('refusal', 'capping', full('refuse', 4), SAMPLES['sharedMemory.capped']);
    expect(step.chart.context.refusal.failures).toBe(0);
  });
});
