/** The region `hold` in contexts that its table does not show: its budget, its back-off, its guards. */
import type { ChartContext } from '../../../../machines/monitor/statechart/context';
import { canHoldAt, heldUntil, leftToHoldMs } from '../../../../machines/monitor/statechart/throttle-budget';
import { MIB, SECOND_MS } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, resultOf, stepFrom } from '../../../support/chart';
import { AT, SAMPLES } from '../../../support/chart-events';
import { between, forRandom } from '../../../support/random';

type Hold = ChartContext['hold'];

const NEVER: Hold = { past: [], since: null, failures: 0, blocked: false };

const holding = (hold: Partial<Hold> = {}, differences: Partial<ChartContext> = {}): ChartContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'hold' },
    danger: 'hold',
    hold: { ...NEVER, since: AT - 300, ...hold },
    ...differences,
  });

const delayOf = (id: string, step: ReturnType<typeof stepFrom>): number | undefined =>
  step.timers.flatMap((timer) => (timer.kind === 'set' && timer.id === id ? [timer.delayMs] : [])).at(-1);

describe('a hold', () => {
  it.each(['observe', 'tripwire'] as const)('is forbidden with --protect %s', (protect) => {
    const forbidden = context({ config: { ...CHART_CONFIG, protect } });
    const step = stepFrom('hold', 'observing', forbidden, SAMPLES['monitor.started']);
    expect(resultOf('hold', step)).toEqual({ to: 'observing', does: [] });
  });

  it.each([
    ['all of it', [], 5000],
    ['what others have left', [{ from: AT - 20_000, until: AT - 18_000 }], 3000],
    ['more when the begin of one has left the 30 s', [{ from: AT - 31_000, until: AT - 29_000 }], 4000],
    ['all again when one ended 30 s ago', [{ from: AT - 35_000, until: AT - 30_000 }], 5000],
  ])('may last: %s', (_, past, delayMs) => {
    const step = stepFrom('hold', 'ready', holding({ past, since: null }, { danger: 'none' }), {
      ...SAMPLES['danger.changed'],
      danger: 'hold',
    });
    expect(step.timers).toMatchObject([{ id: 'hold', name: 'hold.over', delayMs }]);
    expect(step.chart.context.hold.since).toBe(AT);
  });

  it('gives the growers their allowance', () => {
    const danger = { ...SAMPLES['danger.changed'], danger: 'hold' as const };
    const step = stepFrom('hold', 'ready', holding({ since: null }, { danger: 'none' }), danger);
    expect(step.outputs).toMatchObject([{ command: { type: 'hold.start', allowanceBytes: 16 * MIB } }]);
  });

  it('is not begun when less than a quarter of a second is left', () => {
    const past = [{ from: AT - 10_000, until: AT - 5_249 }];
    const step = stepFrom('hold', 'ready', holding({ past, since: null }), SAMPLES['danger.changed']);
    expect(resultOf('hold', step)).toEqual({ to: 'ready', does: [] });
  });

  it('ends when danger is over', () => {
    const calmed = { ...SAMPLES['danger.changed'], danger: 'none' as const };
    expect(resultOf('hold', stepFrom('hold', 'holding', holding(), calmed))).toEqual({
      to: 'ending',
      does: ['hold.end', '-hold'],
    });
  });

  it('that began when danger was over already ends at once', () => {
    const step = stepFrom('hold', 'starting', holding({}, { danger: 'none' }), SAMPLES['hold.started']);
    expect(resultOf('hold', step)).toEqual({ to: 'ending', does: ['hold.end', '-hold'] });
  });

  it('counts from its command until it has ended', () => {
    const { hold } = stepFrom('hold', 'ending', holding(), SAMPLES['hold.ended']).chart.context;
    expect(hold).toEqual({ past: [{ from: AT - 300, until: AT }], since: null, failures: 0, blocked: false });
  });

  it('is followed by another after a second, if danger lasts and time is left', () => {
    const rested = stepFrom('hold', 'ending', holding(), SAMPLES['hold.ended']);
    expect(delayOf('hold.rest', rested)).toBe(SECOND_MS);
    const again = stepFrom('hold', 'released', holding({ since: null }), SAMPLES['hold.rested']);
    expect(resultOf('hold', again)).toEqual({ to: 'starting', does: ['hold.start', '+hold'] });
  });

  it('is followed by rest after rest while no time is left', () => {
    const past = [{ from: AT - 5_000, until: AT }];
    const step = stepFrom('hold', 'released', holding({ past, since: null }), SAMPLES['hold.rested']);
    expect(resultOf('hold', step)).toEqual({ to: 'released', does: ['+hold.rest'] });
  });
});

describe('a hold for which others wait', () => {
  it.each(['starting', 'holding'] as const)('is ended at once (%s), and none follows for 30 s', (state) => {
    const told = stepFrom('hold', state, holding(), SAMPLES['throttle.blocked']);
    expect(resultOf('hold', told)).toEqual({ to: 'ending', does: ['hold.end', '-hold'] });
    const ended = stepFrom('hold', 'ending', told.chart.context, SAMPLES['hold.ended']);
    expect(delayOf('hold.rest', ended)).toBe(30 * SECOND_MS);
  });

  it('is forgotten by the next', () => {
    const next = stepFrom('hold', 'released', holding({ since: null, blocked: true }), SAMPLES['hold.rested']);
    expect(next.chart.context.hold).toMatchObject({ since: AT, blocked: false });
  });
});

describe('a hold that fails', () => {
  it.each([
    [0, 2000],
    [2, 8000],
    [9, 30_000],
  ])('to start after %i failures rests for %i ms when it is undone', (failures, delayMs) => {
    const failed = stepFrom('hold', 'starting', holding({ failures }), SAMPLES['hold.failed']);
    expect(failed.chart.context.hold.failures).toBe(failures + 1);
    const undone = stepFrom('hold', 'ending', failed.chart.context, SAMPLES['hold.ended']);
    expect(delayOf('hold.rest', undone)).toBe(delayMs);
  });

  it.each([
    [0, 100],
    [2, 400],
    [9, 1000],
    [1e6, 1000],
  ])('to end after %i failures is ended again in %i ms', (failures, delayMs) => {
    const step = stepFrom('hold', 'ending', holding({ failures }), SAMPLES['hold.failed']);
    expect(delayOf('hold.retry', step)).toBe(delayMs);
    expect(step.chart.context.hold).toMatchObject({ since: AT - 300, failures: failures + 1 });
  });

  it('is forgiven by one that starts', () => {
    const step = stepFrom('hold', 'starting', holding({ failures: 4 }), SAMPLES['hold.started']);
    expect(step.chart.context.hold.failures).toBe(0);
  });
});

describe('the budget of holds', () => {
  /** Holds as the region makes them, at random instants and for random times, as long as each may last. */
  const randomHolds = (random: () => number, brakeMs: number): Hold['past'] => {
    let at = 0;
    let hold = NEVER;
    const all: { from: number; until: number }[] = [];
    while (at < 200 * SECOND_MS) {
      const now = holding(hold, { config: { ...CHART_CONFIG, brakeMs } });
      if (canHoldAt(now, at)) {
        const until = at + Math.floor(between(random, 0, 1.2) * leftToHoldMs(now, at));
        const end = Math.min(until, at + leftToHoldMs(now, at));
        all.push({ from: at, until: end });
        hold = heldUntil({ ...hold, since: at }, end);
        at = end;
      }
      at += SECOND_MS + Math.floor(between(random, 0, 500));
    }
    return all;
  };

  const within = (holds: Hold['past'], end: number): number =>
    holds.reduce((sum, { from, until }) => sum + Math.max(0, Math.min(until, end) - Math.max(from, end - 30_000)), 0);

  it('is not exceeded in any 30 s (random)', () => {
    forRandom(200, (random) => {
      const brakeMs = Math.floor(between(random, 250, 20_000));
      const holds = randomHolds(random, brakeMs);
      expect(holds.length).toBeGreaterThan(5);
      for (const { until } of holds) expect(within(holds, until)).toBeLessThanOrEqual(brakeMs);
    });
  });

  it('is kept although all holds are short, and no more of them are remembered than fit', () => {
    let hold = NEVER;
    for (let at = 0; at < 100 * SECOND_MS; at += SECOND_MS + 100) hold = heldUntil({ ...hold, since: at }, at + 100);
    expect(hold.past).toHaveLength(28);
    expect(leftToHoldMs(holding(hold), 100 * SECOND_MS)).toBe(5000 - 27 * 100);
  });

  it('is not touched when nothing was held', () => {
    expect(heldUntil(NEVER, AT)).toBe(NEVER);
  });
});
