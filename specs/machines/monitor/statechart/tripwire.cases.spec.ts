/** The region `tripwire` in contexts that its table does not show: newest wish, back-off, guards. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { MIB } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, resultOf, stepFrom } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';

const wire = (
  tripwire: Partial<MonitorContext['tripwire']>,
  protect: MonitorContext['config']['protect'] = 'tripwire',
): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, protect },
    tripwire: { wantedBytes: null, armedBytes: null, failures: 0, ...tripwire },
  });

describe('the tripwire', () => {
  it('is never armed with --protect observe, whoever wants it', () => {
    const step = stepFrom('tripwire', 'absent', wire({}, 'observe'), SAMPLES['tripwire.wanted']);
    expect(resultOf('tripwire', step)).toEqual({ to: 'absent', does: [] });
  });

  it.each(['tripwire', 'throttle', 'full'] as const)('is armed with --protect %s', (protect) => {
    const step = stepFrom('tripwire', 'absent', wire({}, protect), SAMPLES['tripwire.wanted']);
    expect(step.outputs).toMatchObject([{ command: { type: 'tripwire.arm', highBytes: 900 * MIB } }]);
  });

  it('is moved to the newest wish when the write under way has ended', () => {
    const busy = wire({ wantedBytes: 850 * MIB, armedBytes: 800 * MIB });
    const step = stepFrom('tripwire', 'arming', busy, SAMPLES['tripwire.armed']);
    expect(resultOf('tripwire', step)).toEqual({ to: 'arming', does: ['tripwire.arm'] });
    expect(step.snapshot.context.tripwire.armedBytes).toBe(850 * MIB);
  });

  it.each(['tripwire.tripped', 'watchdog.lifted', 'watchdog.lost', 'upscale.notified'] as const)(
    'that was being armed at %s is lifted when the write has ended',
    (type) => {
      const busy = wire({ wantedBytes: 800 * MIB, armedBytes: 800 * MIB });
      const meanwhile = stepFrom('tripwire', 'arming', busy, SAMPLES[type]);
      const armed = stepFrom('tripwire', 'arming', meanwhile.snapshot.context, SAMPLES['tripwire.armed']);
      expect(resultOf('tripwire', armed)).toEqual({ to: 'lifting', does: ['tripwire.lift'] });
    },
  );

  it('is lifted when it is wanted no more', () => {
    const armed = wire({ wantedBytes: 800 * MIB, armedBytes: 800 * MIB });
    const step = stepFrom('tripwire', 'armed', armed, { ...SAMPLES['tripwire.wanted'], highBytes: null });
    expect(resultOf('tripwire', step)).toEqual({ to: 'lifting', does: ['tripwire.lift'] });
  });

  it('stays when the same is wanted again', () => {
    const armed = wire({ wantedBytes: 900 * MIB, armedBytes: 900 * MIB });
    const step = stepFrom('tripwire', 'armed', armed, SAMPLES['tripwire.wanted']);
    expect(resultOf('tripwire', step)).toEqual({ to: 'armed', does: [] });
  });

  it('that has tripped waits for the next beat to say where it belongs', () => {
    const armed = wire({ wantedBytes: 900 * MIB, armedBytes: 900 * MIB });
    const step = stepFrom('tripwire', 'armed', armed, SAMPLES['tripwire.tripped']);
    expect(step.snapshot.context.tripwire).toEqual({ wantedBytes: null, armedBytes: null, failures: 0 });
  });
});

describe('a tripwire that fails', () => {
  it.each([
    [0, 1000],
    [3, 8000],
    [9, 30_000],
    [1e6, 30_000],
  ])('to be armed after %i failures is lifted, and rests for %i ms', (failures, delayMs) => {
    const arming = wire({ wantedBytes: 800 * MIB, armedBytes: 800 * MIB, failures });
    const failed = stepFrom('tripwire', 'arming', arming, SAMPLES['tripwire.failed']);
    const lifted = stepFrom('tripwire', 'lifting', failed.snapshot.context, SAMPLES['tripwire.lifted']);
    expect(resultOf('tripwire', lifted)).toEqual({ to: 'resting', does: ['+tripwire.retry'] });
    expect(lifted.timers).toMatchObject([{ id: 'tripwire.retry', delayMs }]);
  });

  it.each([
    [0, 100],
    [2, 400],
    [9, 1000],
    [1e6, 1000],
  ])('to be lifted after %i failures is lifted again in %i ms', (failures, delayMs) => {
    const step = stepFrom('tripwire', 'lifting', wire({ failures }), SAMPLES['tripwire.failed']);
    expect(step.timers).toMatchObject([{ id: 'tripwire.retry', delayMs }]);
  });

  it('is forgiven when one stands', () => {
    const arming = wire({ wantedBytes: 800 * MIB, armedBytes: 800 * MIB, failures: 5 });
    const step = stepFrom('tripwire', 'arming', arming, SAMPLES['tripwire.armed']);
    expect(step.snapshot.context.tripwire.failures).toBe(0);
  });

  it('is armed at the newest wish after its rest', () => {
    const rested = wire({ wantedBytes: 850 * MIB, failures: 1 });
    const step = stepFrom('tripwire', 'resting', rested, SAMPLES['tripwire.retry.due']);
    expect(step.outputs).toMatchObject([{ command: { type: 'tripwire.arm', highBytes: 850 * MIB } }]);
  });
});
