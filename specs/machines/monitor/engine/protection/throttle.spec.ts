/** Holding the growers in stories: when, for how long, and what ends it. */
import { MIB, SECOND_MS } from '../../../../../machines/shared/units';
import { obeying, silent, type Agent } from '../../../../support/agents';
import { units } from '../../../../support/chart-events';
import { Grower } from '../../../../support/grower';
import { totalMs } from '../../../../support/actuators';
import { expectRulesKept, story, type StoryOptions } from '../../../../support/scenario';

afterEach(expectRulesKept);

const vm = (options: StoryOptions = {}, agent: Agent = silent): Grower => {
  const { statechart: statechart, ...rest } = options;
  const told = story({ statechart: { protect: 'throttle', ...statechart }, ...rest })
    .has({ size: units(2) })
    .connects('1.1', agent)
    .runs(5 * SECOND_MS);
  return new Grower(told);
};

const RAMP = { bytesPerS: 400 * MIB };

/** Plugs late, and says so at once. */
const slow =
  (plugMs: number): Agent =>
  (frame, actuators) => {
    if (frame.type !== 'ScaleRequest' || frame.target === undefined || frame.target.mem <= actuators.size.mem) return;
    actuators.resize(frame.target, plugMs);
    actuators.say('UpscaleNotification', { granted: frame.target }, plugMs);
  };

/** A second or less before the end, for as long as is wanted: what the VM still has does not change. */
const onTheBrink = ({ told }: Grower, ms: number): void => {
  told.reads((readings) => ({ ...readings, memory: { ...readings.memory!, availableBytes: 100 * MIB } }));
  told.runs(ms, (sinceMs) => ({ useBytes: 2000 * MIB + sinceMs * 100_000 }));
};

const starts = ({ told }: Grower): number[] =>
  told.steps.flatMap(({ at, step }) =>
    step.outputs.some((output) => output.type === 'command.issued' && output.command.type === 'throttle.start')
      ? [at]
      : [],
  );

describe('without a hold', () => {
  it('a ramp whose grant comes too late ends with the OOM killer', () => {
    expect(vm({ statechart: { protect: 'tripwire' } }, slow(6000)).grows(8 * SECOND_MS, RAMP).oomKills).toBeGreaterThan(
      0,
    );
  });
});

describe('a hold', () => {
  it('keeps the same ramp alive until the grant has come, and ends with it', () => {
    const ramp = vm({}, slow(6000)).grows(8 * SECOND_MS, RAMP);
    expect(ramp.oomKills).toBe(0);
    expect(ramp.actuators.held).toHaveLength(1);
    expect(totalMs(ramp.actuators.held)).toBeLessThan(5000);
    expect(ramp.told.state.statechart.context.escalation).toBe('none');
  });

  it('begins within a second of the end, not earlier', () => {
    const ramp = vm().grows(5 * SECOND_MS, RAMP);
    const [first] = starts(ramp);
    const before = ramp.told.steps.filter(({ at, input }) => at < first! && input.type === 'sample.taken').at(-1)!;
    expect(before.step.state.statechart.context.escalation).toBe('none');
    expect(ramp.oomKills).toBe(0);
  });

  it('is not needed for a grant that comes in time', () => {
    const ramp = vm({}, obeying).grows(4 * SECOND_MS, RAMP);
    expect(ramp.oomKills).toBe(0);
    expect(starts(ramp)).toEqual([]);
  });

  it('ends when memory becomes free otherwise', () => {
    const ramp = vm().grows(4.5 * SECOND_MS, RAMP);
    expect(ramp.actuators.heldSince).not.toBeNull();
    ramp.told.has({ useBytes: 600 * MIB });
    ramp.rests(300);
    expect(ramp.actuators.heldSince).toBeNull();
  });

  it('does not end because the held grow no more', () => {
    const ramp = vm().grows(4 * SECOND_MS, RAMP);
    ramp.rests(2 * SECOND_MS);
    expect(ramp.told.state.domain.growth.bytesPerS).toBe(0);
    expect(ramp.actuators.heldSince).not.toBeNull();
  });

  it('ends when its time is over, and comes again only when the budget allows', () => {
    const ramp = vm({ statechart: { throttleMaxMs: 1000 } });
    onTheBrink(ramp, 40 * SECOND_MS);
    const [first, second] = starts(ramp);
    expect(ramp.actuators.held[0]).toMatchObject({ until: first! + 1005 });
    expect(second! - first!).toBeGreaterThanOrEqual(30 * SECOND_MS);
    expect(second! - first!).toBeLessThanOrEqual(33 * SECOND_MS);
  });

  it('is not begun by a VM that is full but grows no more', () => {
    const full = vm({ statechart: { protect: 'full' } });
    full.told.has({ useBytes: 1900 * MIB });
    full.rests(3 * SECOND_MS);
    const before = starts(full).length;
    full.rests(60 * SECOND_MS);
    expect(starts(full).length).toBe(before);
  });

  it('that --throttle-max-ms 0 forbids never comes', () => {
    expect(starts(vm({ statechart: { throttleMaxMs: 0 } }).grows(6 * SECOND_MS, RAMP))).toEqual([]);
  });

  it('whose start takes long is counted from its command, and ended in time', () => {
    const ramp = vm({ statechart: { throttleMaxMs: 1000 }, actuators: { delayMs: 1600 } }).grows(8 * SECOND_MS, RAMP);
    const ends = ramp.told.steps.flatMap(({ at, step }) =>
      step.outputs.some((output) => output.type === 'command.issued' && output.command.type === 'throttle.end')
        ? [at]
        : [],
    );
    expect(ends[0]! - starts(ramp)[0]!).toBe(1000);
  });

  it('is charged for each ms', () => {
    const ramp = vm({}, slow(6000)).grows(8 * SECOND_MS, RAMP);
    expect(ramp.told.state.domain.stats.throttledMs).toBe(totalMs(ramp.actuators.held));
  });

  it('that the watchdog process has lifted is over', () => {
    const ramp = vm().grows(4.5 * SECOND_MS, RAMP);
    expect(ramp.actuators.heldSince).not.toBeNull();
    ramp.told.input({ type: 'watchdog.lifted', reason: 'no heartbeat' }).waits(50);
    expect(ramp.actuators.heldSince).toBeNull();
    expect(ramp.told.state.statechart.value.throttle).toBe('released');
  });
});

describe('a hold that cannot be', () => {
  it('begun is undone each time, and tried again with back-off', () => {
    const ramp = vm({ actuators: { fails: ({ type }) => type === 'throttle.start' } });
    onTheBrink(ramp, 20 * SECOND_MS);
    const at = starts(ramp);
    const gaps = at.slice(1).map((start, i) => Math.round((start - at[i]!) / SECOND_MS));
    expect(gaps.slice(0, 3)).toEqual([2, 4, 8]);
    expect(ramp.told.commands('throttle.end')).toHaveLength(at.length);
  });

  it('ended is ended for ever, until it is true', () => {
    let failures = 25;
    const ramp = vm(
      { actuators: { fails: ({ type }) => type === 'throttle.end' && (failures -= 1) >= 0 } },
      slow(5000),
    );
    ramp.grows(20 * SECOND_MS, RAMP);
    expect(ramp.actuators.heldSince).not.toBeNull();
    ramp.rests(30 * SECOND_MS);
    expect(ramp.actuators.heldSince).toBeNull();
    expect(ramp.told.state.statechart.context.throttle.since).toBeNull();
  });
});
