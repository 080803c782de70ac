/** The region `sizing` in contexts that its table does not show. */
import type { MonitorContext, AgentConnection } from '../../../../machines/monitor/statechart/context';
import type { StatechartEvent } from '../../../../machines/monitor/statechart/events';
import { CHART_CONFIG, context, resultOf, stepFrom, type StateName } from '../../../support/chart';
import { AT, connection, SAMPLES, units } from '../../../support/chart-events';
import type { MonitorStep } from '../../../../machines/monitor/engine/statechart-step';

const from = (state: StateName<'sizing'>, differences: Partial<MonitorContext>, event: StatechartEvent): MonitorStep =>
  stepFrom('sizing', state, context({ retaining: false, ...differences }), event);

const did = (step: MonitorStep): string[] => resultOf('sizing', step).does;
const frames = (step: MonitorStep): unknown[] =>
  step.outputs.flatMap((output) => (output.type === 'frame.sent' ? [JSON.parse(output.text) as unknown] : []));
const resendMs = (step: MonitorStep): number | undefined =>
  step.timers.flatMap((timer) => (timer.kind === 'set' && timer.id === 'resend' ? [timer.delayMs] : [])).at(-1);

const requesting: Partial<MonitorContext> = {
  desired: units(3),
  granted: units(2),
  conn: connection(),
  requesting: { since: 0, attempts: 0 },
};
const attempts = (count: number): Partial<MonitorContext> => ({
  ...requesting,
  requesting: { since: 0, attempts: count },
});
const conn = (differences: Partial<AgentConnection>): Partial<MonitorContext> => ({
  ...requesting,
  conn: connection(differences),
});
const short: Partial<MonitorContext> = { memory: 'critical' };

describe('a wish', () => {
  it('is kept while nobody is connected, or may not be asked yet', () => {
    expect(did(from('requesting.sent', { ...requesting, conn: null }, SAMPLES['resend.due']))).toEqual([]);
    expect(did(from('requesting.sent', conn({ open: false }), SAMPLES['resend.due']))).toEqual([]);
  });

  it('bears floor and time left in version 1.1 only, and the time only once', () => {
    const escalation = { floor: units(2), withinMs: 1500 };
    const step = from('requesting.sent', { ...requesting, ...escalation }, SAMPLES['resend.due']);
    expect(frames(step)).toEqual([{ type: 'ScaleRequest', target: units(3), floor: units(2), withinMs: 1500, id: 5 }]);
    expect(step.snapshot.context.withinMs).toBeNull();
    const old = from('requesting.sent', { ...conn({ version: '1.0' }), ...escalation }, SAMPLES['resend.due']);
    expect(frames(old)).toEqual([{ type: 'ScaleRequest', target: units(3), id: 5 }]);
  });

  it('waits for the rest of a second after the last one', () => {
    const step = from('requesting.sent', { ...requesting, lastRequestedAt: AT - 300 }, SAMPLES['desired.changed']);
    expect(frames(step)).toEqual([]);
    expect(resendMs(step)).toBe(700);
  });

  it('that was said is not said again because the windows are full, or because yet more is needed', () => {
    const asked = { ...conn({ lastRequest: units(3) }), retaining: true, lastRequestedAt: AT - 3000 };
    const same = { ...SAMPLES['desired.changed'], desired: units(3), retaining: false, capped: true };
    for (const state of ['requesting.sent', 'requesting.denied'] as const) {
      const step = from(state, asked, same);
      expect(resultOf('sizing', step)).toEqual({ to: state, does: [] });
      expect(step.snapshot.context).toMatchObject({ retaining: false, capped: true });
    }
  });

  it('that was said is said again at once when a breach begins', () => {
    const asked = { ...conn({ lastRequest: units(3) }), lastRequestedAt: AT - 3000 };
    const breached = { ...SAMPLES['desired.changed'], desired: units(3), urgent: true };
    expect(did(from('requesting.sent', asked, breached))).toContain('ScaleRequest');
  });

  it.each([
    [0, 1000],
    [1, 2000],
    [4, 16_000],
    [5, 30_000],
    [1000, 30_000],
  ])('after %i tries is repeated in %i ms', (count, delayMs) => {
    expect(resendMs(from('requesting.sent', attempts(count), SAMPLES['resend.due']))).toBe(delayMs);
  });

  it.each([
    [0, 1000],
    [2, 4000],
    [3, 5000],
  ])('by UpscaleRequest after %i tries is repeated in %i ms', (count, delayMs) => {
    const old = { ...conn({ scaleRequests: 'rejected' }), ...short, requesting: { since: 0, attempts: count } };
    const step = from('requesting.sent', old, SAMPLES['resend.due']);
    expect(frames(step)).toEqual([{ type: 'UpscaleRequest', id: 5 }]);
    expect(resendMs(step)).toBe(delayMs);
  });

  it('that an UpscaleRequest goes with, as the agent has shown nothing yet, is repeated before that lapses', () => {
    const unsure = { ...conn({ version: '1.0' }), ...short, requesting: { since: 0, attempts: 3 } };
    const step = from('requesting.sent', unsure, SAMPLES['resend.due']);
    expect(frames(step)).toMatchObject([{ type: 'ScaleRequest' }, { type: 'UpscaleRequest' }]);
    expect(resendMs(step)).toBe(5000);
  });

  it('remembers the ids of the last eight only', () => {
    const ids = ['3', '5', '7', '9', '11', '13', '15', '17'];
    const step = from('requesting.sent', conn({ nextId: 19, scaleRequestIds: ids }), SAMPLES['resend.due']);
    expect(step.snapshot.context.conn?.scaleRequestIds).toEqual([...ids.slice(1), '19']);
  });

  it('is not below the granted size while the windows fill', () => {
    const told = { retaining: true, desired: units(2), granted: units(2), conn: connection({ lastRequest: units(2) }) };
    const step = from('settled', told, SAMPLES['upscale.notified']);
    expect(frames(step)).toMatchObject([{ type: 'UpscaleConfirmation' }]);
    expect(step.snapshot.context.withheld).toBe(true);
    expect(resultOf('sizing', step).to).toBe('settled');
  });
});

describe('how an agent takes a wish', () => {
  const taken = (differences: Partial<MonitorContext>, event: StatechartEvent) =>
    from('requesting.sent', differences, event).snapshot.context.conn?.scaleRequests;
  const smaller = { ...requesting, desired: units(1), conn: connection({ lastRequest: units(1) }) };
  const refusedCheck = { ...SAMPLES['downscale.requested'], check: { ok: false, status: 'too small' } };

  it('shows in the very size that was asked for, also in a request to shrink that is refused', () => {
    expect(taken(requesting, SAMPLES['upscale.notified'])).toBe('obeyed');
    expect(taken(smaller, SAMPLES['downscale.requested'])).toBe('obeyed');
    expect(taken(smaller, refusedCheck)).toBe('obeyed');
  });

  it.each<[string, StatechartEvent, Partial<MonitorContext>?]>([
    ['that stays', { ...SAMPLES['upscale.notified'], granted: units(2) }],
    ['that stays and is asked for', { ...SAMPLES['upscale.notified'], granted: units(3) }, { granted: units(3) }],
    ['that moves away from it', SAMPLES['downscale.requested']],
    ['that goes beyond it', { ...SAMPLES['upscale.notified'], granted: units(4) }],
    ['that only moves towards it', SAMPLES['upscale.notified'], { conn: connection({ lastRequest: units(4) }) }],
  ])('does not show in a size %s', (_, event, differences = {}) => {
    expect(taken({ ...requesting, desired: units(4), ...differences }, event)).toBe('unknown');
  });

  it('is not shown any more by one that lets five seconds pass in silence', () => {
    expect(taken(conn({ scaleRequests: 'obeyed' }), SAMPLES['answer.overdue'])).toBe('unknown');
  });

  it.each(['upscale.notified', 'answer.overdue'] as const)('once rejected stays so: %s', (type) => {
    expect(taken(conn({ scaleRequests: 'rejected' }), SAMPLES[type])).toBe('rejected');
  });

  it('shows in an InvalidMessage to one of our ScaleRequests: from then on UpscaleRequest', () => {
    const step = from('requesting.sent', { ...requesting, ...short, lastRequestedAt: AT }, SAMPLES['request.rejected']);
    expect(frames(step)).toEqual([{ type: 'UpscaleRequest', id: 5 }]);
    expect(step.snapshot.context.conn?.scaleRequests).toBe('rejected');
  });

  it('keeps the second between wishes although the fallback may speak at once', () => {
    const step = from('requesting.sent', { ...requesting, lastRequestedAt: AT - 100 }, SAMPLES['request.rejected']);
    expect(step.snapshot.context.lastRequestedAt).toBe(AT - 100);
  });

  it.each([
    ['to another request', { ...SAMPLES['request.rejected'], id: '99' }, requesting],
    ['a second time', SAMPLES['request.rejected'], { ...conn({ scaleRequests: 'rejected' }), ...short }],
    [
      'with --scale-requests always',
      SAMPLES['request.rejected'],
      { ...requesting, config: { ...CHART_CONFIG, scaleRequests: 'always' } },
    ],
  ] as const)('does not show in an InvalidMessage %s', (_, event, differences) => {
    const step = from('requesting.sent', differences, event);
    expect(step.snapshot.context).toEqual(context({ retaining: false, ...differences }));
  });
});

describe('a partial grant', () => {
  it('is a size below the wish', () => {
    const step = from('requesting.denied', { ...requesting, desired: units(5) }, SAMPLES['upscale.notified']);
    expect(resultOf('sizing', step)).toEqual({ to: 'requesting.partlyGranted', does: ['UpscaleConfirmation'] });
  });
});

describe('the size at first', () => {
  it('is the seen one, until something was acknowledged', () => {
    const assumed = from('settled', {}, SAMPLES['size.assumed']);
    expect(assumed.snapshot.context.granted).toEqual(units(2));
    const kept = from('settled', { granted: units(5) }, SAMPLES['size.assumed']);
    expect(kept.snapshot.context.granted).toEqual(units(5));
  });
});

describe('an approved shrink', () => {
  const content = { desired: units(2), granted: units(3), conn: connection({ lastRequest: units(2) }) };

  it('is watched for a minute', () => {
    const step = from('requesting.sent', content, SAMPLES['downscale.approved']);
    expect(step.snapshot.context.shrink).toEqual({ from: units(3), to: units(2), since: AT });
    expect(step.timers).toContainEqual({ kind: 'set', id: 'shrink', name: 'shrink.overdue', delayMs: 60_000 });
  });

  it('of a virtual size is not watched', () => {
    const virtual = { ...content, config: { ...CHART_CONFIG, sizeFrom: 'agent' as const } };
    const step = from('requesting.sent', virtual, SAMPLES['downscale.approved']);
    expect(resultOf('sizing', step)).toEqual({ to: 'settled', does: ['-answer', '-resend'] });
  });

  it('goes on being watched after another wish was settled meanwhile', () => {
    const shrink = { from: units(4), to: units(2), since: AT - 10 };
    const step = from('requesting.sent', { ...requesting, shrink }, SAMPLES['vm.informed']);
    expect(resultOf('sizing', step).to).toBe('shrinking');
  });
});
