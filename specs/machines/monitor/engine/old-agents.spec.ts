/** Agents of version 1.0, and the ways --scale-requests treats them. */
import { GIB, MIB, SECOND_MS } from '../../../../machines/shared/units';
import { GRANT_MS, obeying, old, silent } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

/** Use that leaves no runway in two units. */
const FULL = { useBytes: 1900 * MIB };

const firstBreach = (told: Story): number =>
  told.steps.find(({ step }) => step.state.statechart.context.memory === 'critical')!.at;

describe('an agent that answers InvalidMessage to a ScaleRequest', () => {
  it('gets UpscaleRequest when memory is short, and nothing else', () => {
    const told = story()
      .connects('1.0', old(units(1)))
      .runs(5 * SECOND_MS);
    expect(told.sent()).toMatchObject([{ type: 'ScaleRequest', id: 3 }]);
    told.runs(20 * SECOND_MS, () => FULL);
    const types = told
      .sent()
      .slice(1)
      .map(({ type }) => type);
    expect([...new Set(types)]).toEqual(['UpscaleRequest', 'UpscaleConfirmation']);
    expect(told.size.mem).toBeGreaterThanOrEqual(units(3).mem);
  });

  it('gets it at once if memory is short when the InvalidMessage comes', () => {
    const told = story().has(FULL).beat().connects('1.0', silent).waits(100);
    expect(told.sent().map(({ type }) => type)).toEqual(['ScaleRequest', 'UpscaleRequest']);
    told.waits(50).say('InvalidMessage', { error: 'unknown type' }, 0, 3);
    expect(told.sent().slice(2)).toMatchObject([{ type: 'UpscaleRequest', at: 150 }]);
  });

  it('does not make us ask faster by repeating its InvalidMessage', () => {
    const told = story().has(FULL).beat().connects('1.0', silent).waits(100);
    for (let i = 0; i < 20; i += 1) told.say('InvalidMessage', { error: 'unknown type' }, 0, 3);
    expect(told.sent('UpscaleRequest')).toHaveLength(2);
  });

  it('is asked again every one to five seconds while memory stays short', () => {
    const told = story()
      .has(FULL)
      .connects('1.0', (frame, actuators) => {
        if (frame.type === 'ScaleRequest') actuators.say('InvalidMessage', { error: 'unknown type' }, 0, frame.id);
      });
    told.runs(30 * SECOND_MS);
    const at = told.sent('UpscaleRequest').map((frame) => frame.at);
    const gaps = at.slice(2).map((time, i) => time - at[i + 1]!);
    expect(gaps.length).toBeGreaterThan(4);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5000);
  });

  it('never gets it again on that connection, whatever it grants, but an UpscaleRequest on each breach', () => {
    const told = story()
      .connects('1.0')
      .runs(5 * SECOND_MS, () => ({ busyCores: 0.8 }));
    told.say('InvalidMessage', { error: 'unknown type' }, 0, 3);
    const asked = told.sent('ScaleRequest').length;
    const grant = (n: number): Story =>
      told
        .has({ size: units(n) })
        .say('UpscaleNotification', { granted: units(n) })
        .runs(3 * SECOND_MS);
    for (const n of [4, 5, 6]) grant(n);
    expect(told.sent('ScaleRequest')).toHaveLength(asked);
    const before = told.sent('UpscaleRequest').length;
    told.runs(12 * SECOND_MS, () => ({ useBytes: 6 * GIB - 150 * MIB }));
    const upscales = told.sent('UpscaleRequest').slice(before);
    expect(upscales.length).toBeGreaterThanOrEqual(3);
    expect(told.sent('ScaleRequest')).toHaveLength(asked);
  });

  it('to another id is not taken for an old one', () => {
    const told = story().beat().connects('1.0').waits(100).say('InvalidMessage', { error: 'what?' }, 0, 99);
    expect(told.state.statechart.context.conn?.scaleRequests).toBe('unknown');
  });

  it('is asked by ScaleRequest again once it has reconnected', () => {
    const told = story()
      .connects('1.0', old(units(1)))
      .runs(5 * SECOND_MS)
      .loses()
      .connects('1.1', obeying)
      .waits(100);
    expect(told.sent().at(-1)).toMatchObject({ type: 'ScaleRequest', id: 3 });
  });
});

describe('an agent of version 1.0 that has not shown what it knows', () => {
  it('gets both requests when memory is breached', () => {
    const told = story()
      .connects('1.0')
      .runs(5 * SECOND_MS)
      .runs(3 * SECOND_MS, () => FULL);
    const urgent = told.sent().filter(({ at }) => at === firstBreach(told));
    expect(urgent.map(({ type }) => type)).toEqual(['ScaleRequest', 'UpscaleRequest']);
  });

  it('gets both at once also when it is asked for CPU already', () => {
    const told = story()
      .connects('1.0')
      .runs(30 * SECOND_MS, () => ({ busyCores: 0.8 }));
    expect(told.state.statechart.matches({ sizing: 'requesting' })).toBe(true);
    told.runs(3 * SECOND_MS, () => FULL);
    const urgent = told.sent().filter(({ at }) => at === firstBreach(told));
    expect(urgent.map(({ type }) => type)).toEqual(['ScaleRequest', 'UpscaleRequest']);
  });

  it('sends no extras that version 1.0 does not know', () => {
    const told = story()
      .connects('1.0')
      .runs(3 * SECOND_MS, () => FULL);
    for (const frame of told.sent('ScaleRequest')) expect(Object.keys(frame)).not.toContain('floor');
  });

  it('gets only ScaleRequest once its size was the one that was asked for', () => {
    const told = story()
      .connects('1.0', obeying)
      .runs(30 * SECOND_MS, () => ({ busyCores: 0.8 }));
    expect(told.state.statechart.context.conn?.scaleRequests).toBe('obeyed');
    told.runs(GRANT_MS, () => ({ useBytes: 3900 * MIB }));
    expect(told.sent('UpscaleRequest')).toEqual([]);
  });

  it('gets both also when it has grown by its own metrics meanwhile', () => {
    const told = story()
      .connects('1.0')
      .runs(30 * SECOND_MS, () => ({ busyCores: 1.7 }));
    told.has({ size: units(3) }).say('UpscaleNotification', { granted: units(3) });
    expect(told.state.statechart.context.desired).not.toEqual(units(3));
    told.runs(12 * SECOND_MS, () => ({ useBytes: 2950 * MIB }));
    const at = told.sent('UpscaleRequest').map((frame) => frame.at);
    expect(at[0]).toBe(firstBreach(told));
    const gaps = at.slice(1).map((time, i) => time - at[i]!);
    expect(gaps.length).toBeGreaterThanOrEqual(2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5000);
  });

  it('gets both again once it is silent, although its size was the asked one before', () => {
    const told = story()
      .connects('1.0')
      .runs(15 * SECOND_MS, () => ({ busyCores: 0.8 }));
    const { desired } = told.state.statechart.context;
    told.has({ size: desired! }).say('UpscaleNotification', { granted: desired! });
    expect(told.state.statechart.context.conn?.scaleRequests).toBe('obeyed');
    told.runs(12 * SECOND_MS, () => ({ useBytes: desired!.mem - 150 * MIB }));
    expect(told.sent('UpscaleRequest').length).toBeGreaterThan(0);
  });

  it('has shown nothing by repeating the size that it had', () => {
    const told = story()
      .connects('1.0')
      .runs(5 * SECOND_MS)
      .say('UpscaleNotification', { granted: units(2) });
    expect(told.state.statechart.context.conn?.scaleRequests).toBe('unknown');
  });
});

describe('--scale-requests', () => {
  it('always: an InvalidMessage changes nothing, and there is never an UpscaleRequest', () => {
    const told = story({ statechart: { scaleRequests: 'always' } }).connects('1.0', old(units(1)));
    told.runs(30 * SECOND_MS, () => FULL);
    expect(told.sent('ScaleRequest').length).toBeGreaterThan(3);
    expect(told.sent('UpscaleRequest')).toEqual([]);
  });

  it('never: only UpscaleRequest, in version 1.1 too', () => {
    const told = story({ statechart: { scaleRequests: 'never' } }).connects('1.1', old(units(1)));
    told.runs(10 * SECOND_MS).runs(30 * SECOND_MS, () => FULL);
    expect(told.sent('ScaleRequest')).toEqual([]);
    expect(told.sent('UpscaleRequest').length).toBeGreaterThan(0);
    expect(told.size.mem).toBeGreaterThanOrEqual(units(3).mem);
  });

  it('never: need of CPU alone is not asked for', () => {
    const told = story({ statechart: { scaleRequests: 'never' } })
      .connects('1.1')
      .runs(30 * SECOND_MS, () => ({ busyCores: 1.9 }));
    expect(told.sent()).toEqual([]);
  });
});
