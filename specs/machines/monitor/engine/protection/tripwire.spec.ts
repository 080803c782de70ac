/** The tripwire in stories: armed while use grows, run into, lifted, and failing. */
import { MIB, SECOND_MS } from '../../../../../machines/shared/units';
import { silent, obeying } from '../../../../support/agents';
import { units } from '../../../../support/chart-events';
import { Grower } from '../../../../support/grower';
import { totalMs } from '../../../../support/actuators';
import { expectRulesKept, story, type StoryOptions } from '../../../../support/scenario';

afterEach(expectRulesKept);

/** Four units with an agent that has been there for a while. */
const vm = (options: StoryOptions = {}, agent = silent): Grower => {
  const { statechart: statechart, ...rest } = options;
  const told = story({ statechart: { protect: 'tripwire', ...statechart }, ...rest })
    .has({ size: units(4) })
    .connects('1.1', agent)
    .runs(5 * SECOND_MS);
  return new Grower(told);
};

/** A ramp that would end in some 10 s. */
const RAMP = { bytesPerS: 300 * MIB };
/** One that would end in some 20 s. */
const GENTLE = { bytesPerS: 150 * MIB };

const armedAt = ({ told }: Grower): number[] => told.commands('tripwire.arm').map(({ highBytes }) => highBytes);
const isArmed = ({ actuators }: Grower): boolean => actuators.armedSince !== null;

describe('the tripwire', () => {
  it('is not armed while nothing grows, however full the page cache is', () => {
    const idle = vm();
    idle.told.has({ cacheBytes: 3 * 1024 * MIB });
    expect(armedAt(idle.rests(10 * SECOND_MS))).toEqual([]);
  });

  it('is armed within two beats of a ramp, and lifted when it is over', () => {
    const ramp = vm({}, silent).rests(SECOND_MS);
    ramp.grows(SECOND_MS + 200, RAMP);
    expect(isArmed(ramp)).toBe(true);
    ramp.rests(2 * SECOND_MS);
    expect(isArmed(ramp)).toBe(false);
    expect(ramp.told.state.statechart.value.tripwire).toBe('lifted');
  });

  it('stays where it is while the ramp goes on as it was', () => {
    const ramp = vm().grows(4 * SECOND_MS, RAMP);
    expect(armedAt(ramp).length).toBeLessThanOrEqual(3);
  });

  it('that waits to be written is kept up to date, one that stands moves only by much', () => {
    const { told } = vm({ actuators: null }).grows(3 * SECOND_MS, RAMP);
    const wanted = (): number => told.state.statechart.context.tripwire.wantedBytes!;
    const moreCache = (): number => {
      told.has({ cacheBytes: told.vm.cacheBytes + 3 * MIB });
      return told.beat().state.statechart.context.tripwire.wantedBytes!;
    };
    told.input({ type: 'tripwire.armed', id: 1, highBytes: wanted() });
    const standing = wanted();
    expect(moreCache()).toBe(standing);
    told.has({ cacheBytes: told.vm.cacheBytes + 900 * MIB }).beat();
    expect(told.state.statechart.value.tripwire).toBe('arming');
    told.has({ cacheBytes: told.vm.cacheBytes - 800 * MIB }).beat();
    const waiting = wanted();
    expect(waiting).not.toBe(told.state.statechart.context.tripwire.armedBytes);
    expect(moreCache()).toBe(waiting + 3 * MIB);
  });

  it('that is run into between two beats is a breach at once: a larger size is asked for', () => {
    const ramp = vm().grows(2 * SECOND_MS, GENTLE);
    const { told } = ramp;
    expect(isArmed(ramp)).toBe(true);
    expect(told.state.statechart.context.memory).not.toBe('critical');
    const before = told.decisions().length;
    told.waits(10);
    told.has({ useBytes: told.vm.useBytes + (told.vm.highBytes ?? 0) });
    told.reads((readings) => ({ ...readings, memory: { ...readings.memory!, availableBytes: 2048 * MIB } }));
    ramp.actuators.reflex();
    told.beat().input({ type: 'memory.high.reached', count: 1 });
    expect(told.state.statechart.context.memory).toBe('critical');
    expect(told.decisions().length).toBeGreaterThan(before);
    expect(told.sent('ScaleRequest').at(-1)).toMatchObject({ at: told.at });
    expect(told.state.domain.stats).toMatchObject({ tripwireTrips: 1, falseTrips: 0 });
  });

  it('that is run into is not armed anew by the beat that has yet to say why: the reflex was the last write', () => {
    const ramp = vm().grows(12 * SECOND_MS, GENTLE);
    const { told } = ramp;
    const writes = (): number => told.commands('tripwire.arm').length + told.commands('tripwire.lift').length;
    const before = writes();
    // Cache takes what is left below the wire, but need has grown to half of the way.
    told.has({ cacheBytes: told.vm.cacheBytes + 2048 * MIB });
    ramp.grows(200, GENTLE);
    expect(told.state.domain.stats).toMatchObject({ tripwireTrips: 1, falseTrips: 0 });
    expect(told.state.statechart.context.memory).toBe('critical');
    expect(writes()).toBe(before);
  });

  it('that is run into by page cache alone is no breach, counted as false, and armed again further up', () => {
    const ramp = vm().grows(9 * SECOND_MS, GENTLE);
    const { told } = ramp;
    const [first] = armedAt(ramp).slice(-1);
    told.has({ cacheBytes: told.vm.cacheBytes + 2048 * MIB });
    ramp.grows(300, GENTLE);
    expect(told.state.domain.stats).toMatchObject({ tripwireTrips: 1, falseTrips: 1 });
    expect(told.state.statechart.context.memory).not.toBe('critical');
    expect(armedAt(ramp).at(-1)).toBeGreaterThan(first!);
  });

  it('that was lifted for another event of memory.events than memory.high stands again within two beats', () => {
    const ramp = vm().grows(3 * SECOND_MS, GENTLE);
    ramp.actuators.reflex();
    ramp.told.beat();
    expect(isArmed(ramp)).toBe(false);
    expect(isArmed(ramp.grows(200, GENTLE))).toBe(true);
  });

  it('is lifted by a grant, and armed anew where the larger size ends', () => {
    const ramp = vm({}, obeying).grows(12 * SECOND_MS, RAMP);
    const lifts = ramp.told.commands('tripwire.lift').length;
    expect(ramp.told.size.mem).toBeGreaterThan(units(4).mem);
    expect(lifts).toBeGreaterThan(0);
    expect(ramp.oomKills).toBe(0);
  });

  it('is lifted when the cgroup cannot be read any more', () => {
    const ramp = vm().grows(2 * SECOND_MS, RAMP);
    ramp.told.has({ hasCgroup: false }).beat().waits(100);
    expect(isArmed(ramp)).toBe(false);
  });

  it('that the watchdog process has lifted is armed again on the next beat', () => {
    const ramp = vm().grows(2 * SECOND_MS, RAMP);
    const before = armedAt(ramp).length;
    ramp.told.input({ type: 'watchdog.lifted', reason: 'no heartbeat' });
    ramp.grows(200, RAMP);
    expect(armedAt(ramp).length).toBe(before + 1);
    expect(ramp.told.state.domain.stats.watchdogLifts).toBe(1);
  });

  it('is charged for each ms that it stood', () => {
    const ramp = vm()
      .grows(2 * SECOND_MS, RAMP)
      .rests(3 * SECOND_MS)
      .grows(SECOND_MS, RAMP)
      .rests(3 * SECOND_MS);
    expect(ramp.actuators.isIdle).toBe(true);
    expect(totalMs(ramp.actuators.armed)).toBeGreaterThan(1000);
    expect(ramp.told.state.domain.stats.tripwireArmedMs).toBe(totalMs(ramp.actuators.armed));
  });
});

describe('a tripwire that cannot be', () => {
  it('armed is tried after 1, 2, 4 s, and lifted after each try', () => {
    const ramp = vm({ actuators: { fails: ({ type }) => type === 'tripwire.arm' } }).grows(9 * SECOND_MS, {
      bytesPerS: 150 * MIB,
    });
    expect(armedAt(ramp)).toHaveLength(4);
    expect(ramp.told.commands('tripwire.lift')).toHaveLength(4);
  });

  it('lifted is lifted for ever, until it is true', () => {
    let failures = 20;
    const ramp = vm({ actuators: { fails: ({ type }) => type === 'tripwire.lift' && (failures -= 1) >= 0 } });
    ramp.grows(2 * SECOND_MS, RAMP).rests(10 * SECOND_MS);
    expect(isArmed(ramp)).toBe(true);
    ramp.rests(30 * SECOND_MS);
    expect(isArmed(ramp)).toBe(false);
    expect(failures).toBe(-1);
  });
});
