/** Telling the agent another floor, in contexts that the table of the region `sizing` does not show. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import type { StatechartEvent } from '../../../../machines/monitor/statechart/events';
import { isFloorToTell } from '../../../../machines/monitor/statechart/request';
import { context, resultOf, stepFrom, type StateName } from '../../../support/chart';
import { AT, connection, units } from '../../../support/chart-events';
import type { MonitorStep } from '../../../../machines/monitor/engine/statechart-step';

const from = (state: StateName<'sizing'>, differences: Partial<MonitorContext>, event: StatechartEvent): MonitorStep =>
  stepFrom('sizing', state, context({ retaining: false, ...differences }), event);

const frames = (step: MonitorStep): unknown[] =>
  step.outputs.flatMap((output) => (output.type === 'frame.sent' ? [JSON.parse(output.text) as unknown] : []));

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

describe('another floor', () => {
  const told = connection({ lastRequest: units(2), toldFloor: units(2) });
  const settled = { desired: units(2), granted: units(2), conn: told, floor: units(2), lastRequestedAt: AT - 20_000 };
  const moved = { type: 'floor.moved', floor: units(1), withinMs: null, at: AT } as const;

  it('goes with the same request, and leaves the region where it is', () => {
    const step = from('settled', settled, moved);
    expect(frames(step)).toEqual([{ type: 'ScaleRequest', target: units(2), floor: units(1), id: 5 }]);
    expect(resultOf('sizing', step)).toEqual({ to: 'settled', does: ['ScaleRequest'] });
    expect(step.snapshot.context).toMatchObject({ lastRequestedAt: AT, conn: { toldFloor: units(1) } });
  });

  it('does not change when an unfulfilled request is repeated', () => {
    const step = from('requesting.denied', { ...attempts(2), floor: units(2) }, moved);
    expect(frames(step)).toHaveLength(1);
    expect(step.timers).toEqual([]);
    expect(step.snapshot.context.requesting).toEqual({ since: 0, attempts: 2 });
  });

  it.each<[string, Partial<MonitorContext>]>([
    ['in version 1.0', { conn: { ...told, version: '1.0' } }],
    ['before the connection is open', { conn: { ...told, open: false } }],
    ['after a ScaleRequest was rejected', { conn: { ...told, scaleRequests: 'rejected' } }],
    ['while nothing may be requested', { withheld: true }],
    ['to nobody', { conn: null }],
  ])('is not told %s', (_, differences) => {
    expect(frames(from('settled', { ...settled, ...differences }, moved))).toEqual([]);
  });

  describe.each<[string, number, number, number]>([
    ['sunk by a unit', 2, 1, 10_000],
    ['risen above the granted size', 3, 4, 1_000],
  ])('that has %s', (_, toldUnits, nowUnits, gapMs) => {
    const at = (agoMs: number): boolean =>
      isFloorToTell(
        context({
          ...{ desired: units(8), granted: units(3), retaining: false, lastRequestedAt: AT - agoMs },
          conn: connection({ lastRequest: units(8), toldFloor: units(toldUnits) }),
        }),
        units(nowUnits),
        units(1),
        AT,
      );

    it(`is due ${gapMs} ms after the last request`, () => {
      expect([at(gapMs - 1), at(gapMs)]).toEqual([false, true]);
    });
  });

  it.each<[string, number, number, number]>([
    ['it is the same', 2, 2, 8],
    ['it has sunk by less than a unit', 2, 1.5, 8],
    ['it has risen within the granted size', 2, 3, 8],
    ['it has only sunk beyond what is requested', 8, 6, 3],
  ])('is never due when %s', (_, toldUnits, nowUnits, requestedUnits) => {
    const conn = connection({
      lastRequest: units(requestedUnits),
      toldFloor: units(Math.min(toldUnits, requestedUnits)),
    });
    const present = context({ desired: units(requestedUnits), granted: units(3), retaining: false, conn });
    expect(isFloorToTell(present, units(nowUnits), units(1), AT)).toBe(false);
  });
});
