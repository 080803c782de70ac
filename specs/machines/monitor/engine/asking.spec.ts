/** How a wish is said until it is true (rule R7), and to which kind of agent. */
import { hasStoppedShort, isFinal } from '../../../../machines/monitor/statechart/request';
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import { denying, givingAtMost, obeying, silent } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Sent, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

const times = (frames: readonly Sent[]): number[] => frames.map(({ at }) => at);
const gaps = (frames: readonly Sent[]): number[] =>
  times(frames)
    .slice(1)
    .map((at, i) => at - times(frames)[i]!);

/** A busy VM of two units that needs seven; observed for 50 s, so that the windows are full and change no wish. */
const busy = { busyCores: 1.7 };

const sizing = (told: Story): unknown => told.state.statechart.value.sizing;

describe('an agent that obeys', () => {
  it('is answered with a confirmation, and then the size is settled', () => {
    const told = story()
      .connects('1.1', obeying)
      .runs(MINUTE_MS, () => busy);
    const notified = told.size;
    expect(notified).toEqual(units(7));
    expect(told.sent('UpscaleConfirmation').length).toBeGreaterThan(0);
    expect(told.state.statechart.context).toMatchObject({ granted: notified, requesting: null });
    expect(sizing(told)).toBe('settled');
  });

  it('hears nothing more while all is as wished', () => {
    const told = story()
      .connects('1.1', obeying)
      .runs(MINUTE_MS, () => busy);
    const before = told.sent().length;
    told.runs(MINUTE_MS);
    expect(told.sent().slice(before)).toEqual([]);
  });
});

describe('a partial grant', () => {
  it('is confirmed, and the wish is repeated after 1, 2, 4 … 30 s', () => {
    const told = story()
      .runs(50 * SECOND_MS, () => busy)
      .connects('1.1', givingAtMost(units(3)))
      .runs(80 * SECOND_MS, () => busy);
    expect(told.sent('UpscaleConfirmation')).toHaveLength(1);
    expect(sizing(told)).toEqual({ requesting: 'partlyGranted' });
    const repeats = gaps(told.sent('ScaleRequest').filter(({ target }) => target?.cpu === 1.75));
    expect(repeats).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000]);
  });
});

describe('a grant that stops short', () => {
  const short = (): Story =>
    story()
      .connects('1.1', givingAtMost(units(3)))
      .runs(20 * SECOND_MS, () => busy);
  const isLargest = (told: Story): boolean => hasStoppedShort(told.state.statechart.context);

  it('counts as the largest size once three repeats have brought no more', () => {
    const told = story().connects('1.1', givingAtMost(units(3)));
    const asks = (): number => {
      const [grant] = told.sent('UpscaleConfirmation');
      return grant === undefined ? 0 : told.sent('ScaleRequest').filter(({ at }) => at > grant.at).length;
    };
    while (asks() < 3) {
      expect(isLargest(told)).toBe(false);
      told.runs(100, () => busy);
    }
    expect(isLargest(told)).toBe(true);
  });

  it('does so no longer when more is granted', () => {
    const told = short();
    expect(isLargest(told)).toBe(true);
    told.say('UpscaleNotification', { granted: units(4) });
    expect(isLargest(told)).toBe(false);
  });

  it('says nothing about the next agent', () => {
    expect(isLargest(short().connects('1.1', silent))).toBe(false);
  });
});

describe('a denial', () => {
  it('is shown with its reason, and the wish is repeated with back-off', () => {
    const told = story()
      .runs(50 * SECOND_MS, () => busy)
      .connects('1.1', denying)
      .runs(MINUTE_MS, () => busy);
    expect(sizing(told)).toEqual({ requesting: 'denied' });
    expect(told.state.statechart.context.denial).toBe('host is full');
    expect(gaps(told.sent('ScaleRequest')).slice(-3)).toEqual([4000, 8000, 16_000]);
  });

  it('is forgotten when the need grows: the new wish is sent at once', () => {
    const told = story()
      .connects('1.1', denying)
      .runs(MINUTE_MS, () => ({ busyCores: 0.8 }));
    const before = told.sent('ScaleRequest').length;
    told.runs(4 * SECOND_MS, () => ({ busyCores: 1.9 }));
    const decided = told.decisions().at(-1)!;
    expect(decided.desired.cpu).toBeGreaterThan(1);
    expect(
      told
        .sent('ScaleRequest')
        .slice(before)
        .map(({ target }) => target),
    ).toContainEqual(decided.desired);
  });

  it('with a reason of 60 KiB is kept shortened', () => {
    const told = story()
      .connects('1.1')
      .runs(SECOND_MS, () => busy)
      .runs(5 * SECOND_MS);
    told.say('ScaleDenied', { target: units(3), reason: 'x'.repeat(60_000) });
    expect(told.state.statechart.context.denial?.length).toBeLessThanOrEqual(512);
  });
});

describe('silence', () => {
  it('is called unanswered after five seconds, never denied', () => {
    const told = story()
      .connects('1.1', silent)
      .runs(SECOND_MS, () => busy);
    const wishedAt = told.decisions().at(-1)!.at;
    told.waits(wishedAt + 4999 - told.at);
    expect(sizing(told)).toEqual({ requesting: 'sent' });
    told.waits(1);
    expect(sizing(told)).toEqual({ requesting: 'unanswered' });
  });
});

describe('at the largest size', () => {
  const full = { useBytes: 1900 * MIB, size: units(2) };

  it('more need is said once and nothing is asked again', () => {
    const told = story({ sizing: { max: units(2) } })
      .connects('1.1')
      .runs(MINUTE_MS, () => full);
    expect(sizing(told)).toBe('capped');
    expect(told.decisions()).toHaveLength(1);
    expect(told.sent('ScaleRequest')).toHaveLength(1);
  });

  it('of CPU alone more memory can come: it is not the end', () => {
    const bounds = { independent: true, max: { ...units(8), cpu: units(1).cpu } };
    const told = story({ sizing: bounds })
      .connects('1.1', obeying)
      .runs(MINUTE_MS, () => ({ busyCores: 4, useBytes: GIB }));
    const { granted, desired } = told.state.statechart.context;
    expect(granted).toEqual(desired);
    expect(isFinal(told.state.statechart.context)).toBe(false);
  });

  it('which only the agent knows, the wish stops there too', () => {
    const told = story().connects('1.1', obeying);
    told.say('VmInfo', { max: units(3) });
    told.runs(MINUTE_MS, () => busy);
    expect(told.size).toEqual(units(3));
    expect(sizing(told)).toBe('capped');
  });

  it('a maximum of the agent below our minimum leaves the minimum', () => {
    const told = story({ sizing: { min: units(2) } }).connects('1.1');
    told.say('VmInfo', { max: { cpu: 0.1, mem: 1024 } });
    told.runs(SECOND_MS);
    expect(told.decisions().at(-1)?.desired).toEqual(units(2));
  });
});
