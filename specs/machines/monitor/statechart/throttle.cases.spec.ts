/** The region `throttle` in contexts that its table does not show: its budget, its back-off, its guards. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import {
  canThrottleAt,
  throttledUntil,
  leftToThrottleMs,
} from '../../../../machines/monitor/statechart/throttle-budget';
import { MIB, SECOND_MS } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, resultOf, stepFrom } from '../../../support/chart';
import { AT, SAMPLES } from '../../../support/chart-events';
import { between, forRandom } from '../../../support/random';

type ThrottleRecord = MonitorContext['throttle'];

const NEVER: ThrottleRecord = { past: [], since: null, failures: 0, blocked: false };

const throttling = (
  throttle: Partial<ThrottleRecord> = {},
  differences: Partial<MonitorContext> = {},
): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'throttle' },
    escalation: 'throttle',
    throttle: { ...NEVER, since: AT - 300, ...throttle },
    ...differences,
  });

const delayOf = (id: string, step: ReturnType<typeof stepFrom>): number | undefined =>
  step.timers.flatMap((timer) => (timer.kind === 'set' && timer.id === id ? [timer.delayMs] : [])).at(-1);

describe('a hold', () => {
  it.each(['observe', 'tripwire'] as const)('is forbidden with --protect %s', (protect) => {
    const forbidden = context({ config: { ...CHART_CONFIG, protect } });
    const step = stepFrom('throttle', 'observing', forbidden, SAMPLES['monitor.started']);
    expect(resultOf('throttle', step)).toEqual({ to: 'observing', does: [] });
  });

  it.each([
    ['all of it', [], 5000],
    ['what others have left', [{ from: AT - 20_000, until: AT - 18_000 }], 3000],
    ['more when the begin of one has left the 30 s', [{ from: AT - 31_000, until: AT - 29_000 }], 4000],
    ['all again when one ended 30 s ago', [{ from: AT - 35_000, until: AT - 30_000 }], 5000],
  ])('may last: %s', (_, past, delayMs) => {
    const step = stepFrom('throttle', 'ready', throttling({ past, since: null }, { escalation: 'none' }), {
      ...SAMPLES['escalation.changed'],
      level: 'throttle',
    });
    expect(step.timers).toMatchObject([{ id: 'throttle', name: 'throttle.over', delayMs }]);
    expect(step.snapshot.context.throttle.since).toBe(AT);
  });

  it('gives the growers their allowance', () => {
    const escalation = { ...SAMPLES['escalation.changed'], level: 'throttle' as const };
    const step = stepFrom('throttle', 'ready', throttling({ since: null }, { escalation: 'none' }), escalation);
    expect(step.outputs).toMatchObject([{ command: { type: 'throttle.start', allowanceBytes: 16 * MIB } }]);
  });

  it('is not begun when less than a quarter of a second is left', () => {
    const past = [{ from: AT - 10_000, until: AT - 5_249 }];
    const step = stepFrom('throttle', 'ready', throttling({ past, since: null }), SAMPLES['escalation.changed']);
    expect(resultOf('throttle', step)).toEqual({ to: 'ready', does: [] });
  });

  it('ends when danger is over', () => {
    const calmed = { ...SAMPLES['escalation.changed'], level: 'none' as const };
    expect(resultOf('throttle', stepFrom('throttle', 'throttling', throttling(), calmed))).toEqual({
      to: 'ending',
      does: ['throttle.end', '-throttle'],
    });
  });

  it('that began when danger was over already ends at once', () => {
    const step = stepFrom('throttle', 'starting', throttling({}, { escalation: 'none' }), SAMPLES['throttle.started']);
    expect(resultOf('throttle', step)).toEqual({ to: 'ending', does: ['throttle.end', '-throttle'] });
  });

  it('counts from its command until it has ended', () => {
    const { throttle } = stepFrom('throttle', 'ending', throttling(), SAMPLES['throttle.ended']).snapshot.context;
    expect(throttle).toEqual({ past: [{ from: AT - 300, until: AT }], since: null, failures: 0, blocked: false });
  });

  it('is followed by another after a second, if danger lasts and time is left', () => {
    const rested = stepFrom('throttle', 'ending', throttling(), SAMPLES['throttle.ended']);
    expect(delayOf('throttle.rest', rested)).toBe(SECOND_MS);
    const again = stepFrom('throttle', 'released', throttling({ since: null }), SAMPLES['throttle.rested']);
    expect(resultOf('throttle', again)).toEqual({ to: 'starting', does: ['throttle.start', '+throttle'] });
  });

  it('is followed by rest after rest while no time is left', () => {
    const past = [{ from: AT - 5_000, until: AT }];
    const step = stepFrom('throttle', 'released', throttling({ past, since: null }), SAMPLES['throttle.rested']);
    expect(resultOf('throttle', step)).toEqual({ to: 'released', does: ['+throttle.rest'] });
  });
});

describe('a hold for which others wait', () => {
  it.each(['starting', 'throttling'] as const)('is ended at once (%s), and none follows for 30 s', (state) => {
    const told = stepFrom('throttle', state, throttling(), SAMPLES['throttle.blocked']);
    expect(resultOf('throttle', told)).toEqual({ to: 'ending', does: ['throttle.end', '-throttle'] });
    const ended = stepFrom('throttle', 'ending', told.snapshot.context, SAMPLES['throttle.ended']);
    expect(delayOf('throttle.rest', ended)).toBe(30 * SECOND_MS);
  });

  it('is forgotten by the next', () => {
    const next = stepFrom(
      'throttle',
      'released',
      throttling({ since: null, blocked: true }),
      SAMPLES['throttle.rested'],
    );
    expect(next.snapshot.context.throttle).toMatchObject({ since: AT, blocked: false });
  });
});

describe('a hold that fails', () => {
  it.each([
    [0, 2000],
    [2, 8000],
    [9, 30_000],
  ])('to start after %i failures rests for %i ms when it is undone', (failures, delayMs) => {
    const failed = stepFrom('throttle', 'starting', throttling({ failures }), SAMPLES['throttle.failed']);
    expect(failed.snapshot.context.throttle.failures).toBe(failures + 1);
    const undone = stepFrom('throttle', 'ending', failed.snapshot.context, SAMPLES['throttle.ended']);
    expect(delayOf('throttle.rest', undone)).toBe(delayMs);
  });

  it.each([
    [0, 100],
    [2, 400],
    [9, 1000],
    [1e6, 1000],
  ])('to end after %i failures is ended again in %i ms', (failures, delayMs) => {
    const step = stepFrom('throttle', 'ending', throttling({ failures }), SAMPLES['throttle.failed']);
    expect(delayOf('throttle.retry', step)).toBe(delayMs);
    expect(step.snapshot.context.throttle).toMatchObject({ since: AT - 300, failures: failures + 1 });
  });

  it('is forgiven by one that starts', () => {
    const step = stepFrom('throttle', 'starting', throttling({ failures: 4 }), SAMPLES['throttle.started']);
    expect(step.snapshot.context.throttle.failures).toBe(0);
  });
});

describe('the budget of throttles', () => {
  /** Holds as the region makes them, at random instants and for random times, as long as each may last. */
  const randomThrottles = (random: () => number, throttleMaxMs: number): ThrottleRecord['past'] => {
    let at = 0;
    let throttle = NEVER;
    const all: { from: number; until: number }[] = [];
    while (at < 200 * SECOND_MS) {
      const now = throttling(throttle, { config: { ...CHART_CONFIG, throttleMaxMs } });
      if (canThrottleAt(now, at)) {
        const until = at + Math.floor(between(random, 0, 1.2) * leftToThrottleMs(now, at));
        const end = Math.min(until, at + leftToThrottleMs(now, at));
        all.push({ from: at, until: end });
        throttle = throttledUntil({ ...throttle, since: at }, end);
        at = end;
      }
      at += SECOND_MS + Math.floor(between(random, 0, 500));
    }
    return all;
  };

  const within = (throttles: ThrottleRecord['past'], end: number): number =>
    throttles.reduce(
      (sum, { from, until }) => sum + Math.max(0, Math.min(until, end) - Math.max(from, end - 30_000)),
      0,
    );

  it('is not exceeded in any 30 s (random)', () => {
    forRandom(200, (random) => {
      const throttleMaxMs = Math.floor(between(random, 250, 20_000));
      const throttles = randomThrottles(random, throttleMaxMs);
      expect(throttles.length).toBeGreaterThan(5);
      for (const { until } of throttles) expect(within(throttles, until)).toBeLessThanOrEqual(throttleMaxMs);
    });
  });

  it('is kept although all throttles are short, and no more of them are remembered than fit', () => {
    let throttle = NEVER;
    for (let at = 0; at < 100 * SECOND_MS; at += SECOND_MS + 100)
      throttle = throttledUntil({ ...throttle, since: at }, at + 100);
    expect(throttle.past).toHaveLength(28);
    expect(leftToThrottleMs(throttling(throttle), 100 * SECOND_MS)).toBe(5000 - 27 * 100);
  });

  it('is not touched when nothing was held', () => {
    expect(throttledUntil(NEVER, AT)).toBe(NEVER);
  });
});
