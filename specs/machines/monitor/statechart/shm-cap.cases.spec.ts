/** The region `shmCap` in contexts that its table does not show: its back-off and its guards. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, resultOf, stepFrom } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';

const full = (escalation: MonitorContext['escalation'], failures = 0): MonitorContext =>
  context({ config: { ...CHART_CONFIG, protect: 'full' }, escalation, shmCap: { failures } });

describe('refusing shared memory', () => {
  it.each(['observe', 'tripwire', 'throttle'] as const)('is forbidden with --protect %s', (protect) => {
    const forbidden = context({ config: { ...CHART_CONFIG, protect } });
    const step = stepFrom('shmCap', 'observing', forbidden, SAMPLES['monitor.started']);
    expect(resultOf('shmCap', step)).toEqual({ to: 'observing', does: [] });
  });

  it.each(['throttle', 'cancel'] as const)('does not follow a danger that asks to %s', (escalation) => {
    const step = stepFrom('shmCap', 'ready', full('none'), { ...SAMPLES['escalation.changed'], level: escalation });
    expect(resultOf('shmCap', step)).toEqual({ to: 'ready', does: [] });
  });

  it('lasts half a minute at most', () => {
    const step = stepFrom('shmCap', 'capping', full('shmCap'), SAMPLES['shmCap.applied']);
    expect(step.timers).toMatchObject([{ id: 'shmCap', name: 'shmCap.over', delayMs: 30_000 }]);
  });

  it('ends when danger is over, also if that was before it had begun', () => {
    const calmed = { ...SAMPLES['escalation.changed'], level: 'none' as const };
    expect(resultOf('shmCap', stepFrom('shmCap', 'capped', full('throttle'), calmed)).to).toBe('restoring');
    const late = stepFrom('shmCap', 'capping', full('none'), SAMPLES['shmCap.applied']);
    expect(resultOf('shmCap', late).to).toBe('restoring');
  });

  it.each([
    [0, 1000],
    [3, 8000],
    [9, 30_000],
  ])('that failed after %i failures is tried again in %i ms, once it is undone', (failures, delayMs) => {
    const failed = stepFrom('shmCap', 'capping', full('shmCap', failures), SAMPLES['shmCap.failed']);
    const undone = stepFrom('shmCap', 'restoring', failed.snapshot.context, SAMPLES['shmCap.removed']);
    expect(resultOf('shmCap', undone)).toEqual({ to: 'resting', does: ['+shmCap.retry'] });
    expect(undone.timers).toMatchObject([{ id: 'shmCap.retry', delayMs }]);
  });

  it.each([
    [0, 100],
    [9, 1000],
    [1e6, 1000],
  ])('that could not be undone after %i failures is undone again in %i ms', (failures, delayMs) => {
    const step = stepFrom('shmCap', 'restoring', full('none', failures), SAMPLES['shmCap.failed']);
    expect(step.timers).toMatchObject([{ id: 'shmCap.retry', delayMs }]);
  });

  it('that works forgives the failures before', () => {
    const step = stepFrom('shmCap', 'capping', full('shmCap', 4), SAMPLES['shmCap.applied']);
    expect(step.snapshot.context.shmCap.failures).toBe(0);
  });
});
