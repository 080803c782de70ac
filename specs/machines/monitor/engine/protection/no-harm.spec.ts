/** What protection must not do: act blindly, hold a VM that only flutters, forget its budget, blame itself. */
import { isLeft } from 'fp-ts/Either';
import { restartFrom, saveState } from '../../../../../machines/monitor/engine/save';
import { leftToThrottleMs } from '../../../../../machines/monitor/statechart/throttle-budget';
import { GIB, MIB, SECOND_MS } from '../../../../../machines/shared/units';
import { units } from '../../../../support/chart-events';
import { bootReserveOf } from '../../../../support/vm';
import { Grower } from '../../../../support/grower';
import { expectRulesKept, story, type Story, type StoryOptions } from '../../../../support/scenario';

afterEach(expectRulesKept);

const vm = (options: StoryOptions = {}): Grower => {
  const { statechart: statechart, ...rest } = options;
  const told = story({ statechart: { protect: 'full', hardLimit: true, ...statechart }, ...rest })
    .has({ size: units(2) })
    .connects('1.1')
    .runs(5 * SECOND_MS);
  return new Grower(told);
};

const RAMP = { bytesPerS: 400 * MIB };

describe('memory that cannot be read any more', () => {
  const blind = ({ told }: Grower): Story => told.reads(({ cpu }) => ({ ...(cpu && { cpu }) }));

  it('ends a hold, and begins none', () => {
    const ramp = vm().grows(4.5 * SECOND_MS, RAMP);
    expect(ramp.actuators.heldSince).not.toBeNull();
    blind(ramp).beat().waits(100);
    expect(ramp.actuators.heldSince).toBeNull();
    const before = ramp.told.commands('throttle.start').length;
    ramp.told.runs(60 * SECOND_MS);
    expect(ramp.told.commands('throttle.start')).toHaveLength(before);
  });

  it('lifts the tripwire and the hard limit', () => {
    const ramp = vm().grows(2 * SECOND_MS, { bytesPerS: 150 * MIB });
    expect([ramp.actuators.armedSince, ramp.actuators.hardLimitBytes]).not.toContain(null);
    blind(ramp).beat().waits(100);
    expect([ramp.actuators.armedSince, ramp.actuators.hardLimitBytes]).toEqual([null, null]);
  });
});

describe('a VM at its largest size that is full and only flutters', () => {
  const totalMib = (units(4).mem - bootReserveOf(units(4).mem)) / MIB;

  it.each([120, 105, 95])('by 1 MiB with %i MiB left has nobody held or cancelled', (leftMib) => {
    const usedMib = totalMib - leftMib;
    const told = story({ statechart: { protect: 'full' }, sizing: { max: units(4) } })
      .has({ size: units(4), useBytes: usedMib * MIB })
      .connects('1.1');
    let samples = 0;
    told.runs(60 * SECOND_MS, () => {
      samples += 1;
      return { useBytes: (usedMib + [0, 0.66, -0.33, 1, 0.33, 0, -0.66][samples % 7]!) * MIB };
    });
    expect(told.state.statechart.context.capped).toBe(true);
    expect(told.commands('throttle.start')).toEqual([]);
    expect(told.commands('statement.cancel')).toEqual([]);
  });
});

describe('false trips', () => {
  it('are not counted for a limit of somebody else, nor for the second notification of one trip', () => {
    const high = { type: 'memory.high.reached', count: 1 } as const;
    const told = story({ statechart: { protect: 'tripwire' } })
      .has({ size: units(4), highBytes: 3 * GIB })
      .runs(2 * SECOND_MS);
    expect(told.input(high).state.domain.stats.falseTrips).toBe(0);
    told.has({ highBytes: null });
    new Grower(told).grows(9 * SECOND_MS, { bytesPerS: 150 * MIB });
    told.actuators.reflex();
    told.beat().input(high).input(high);
    expect(told.state.domain.stats).toMatchObject({ tripwireTrips: 1, falseTrips: 1 });
  });
});

describe('a tripwire that was reached without a notification', () => {
  it('is lifted by the beat that sees it, though it was only cache', () => {
    const ramp = vm().grows(2 * SECOND_MS, { bytesPerS: 150 * MIB });
    expect(ramp.actuators.armedSince).not.toBeNull();
    ramp.told.beat().input({ type: 'memory.high.reached', count: 3 }).waits(10);
    expect(ramp.actuators.armedSince).toBeNull();
  });
});

describe('a restart', () => {
  it('does not give the growers’ time back', () => {
    const { told } = vm({ statechart: { throttleMaxMs: 2000 } }).grows(8 * SECOND_MS, RAMP);
    const held = told.state.domain.stats.throttledMs;
    expect(held).toBeGreaterThan(1500);
    const taken = restartFrom(told.engine, JSON.parse(JSON.stringify(saveState(told.engine, told.state))));
    if (isLeft(taken)) throw new Error(taken.left);
    expect(leftToThrottleMs(taken.right.statechart.context, told.at)).toBeLessThanOrEqual(2000 - held);
  });

  it('counts a hold that was under way until the last beat', () => {
    const { told } = vm().grows(4.5 * SECOND_MS, RAMP);
    const { since } = told.state.statechart.context.throttle;
    const taken = restartFrom(told.engine, JSON.parse(JSON.stringify(saveState(told.engine, told.state))));
    if (isLeft(taken)) throw new Error(taken.left);
    expect(taken.right.statechart.context.throttle).toEqual({
      past: [{ from: since, until: told.state.domain.coveredUntil }],
      since: null,
      failures: 0,
      blocked: false,
    });
  });
});
