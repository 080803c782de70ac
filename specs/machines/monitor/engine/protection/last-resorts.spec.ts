/** Refusing shared memory and cancelling statements in stories: only as a last resort, and undone. */
import { MIB, SECOND_MS } from '../../../../../machines/shared/units';
import { denying, givingAtMost, silent, type Agent } from '../../../../support/agents';
import { units } from '../../../../support/chart-events';
import { Grower } from '../../../../support/grower';
import { totalMs } from '../../../../support/actuators';
import { expectRulesKept, story, type StoryOptions } from '../../../../support/scenario';

afterEach(expectRulesKept);

/** Two units; `--throttle-max-ms 0` leaves refusing and cancelling alone with the ramp. */
const vm = (options: StoryOptions = {}, agent: Agent = silent): Grower => {
  const { statechart: statechart, ...rest } = options;
  const told = story({ statechart: { protect: 'full', throttleMaxMs: 0, ...statechart }, ...rest })
    .has({ size: units(2) })
    .connects('1.1', agent)
    .runs(5 * SECOND_MS);
  return new Grower(told);
};

const RAMP = { bytesPerS: 300 * MIB };
const SHARED = { bytesPerS: 300 * MIB, kind: 'shared' } as const;
const LARGEST: StoryOptions = { sizing: { max: units(2) } };

const commandTimes = ({ told }: Grower, type: string): number[] =>
  told.steps.flatMap(({ at, step }) =>
    step.outputs.some((output) => output.type === 'command.issued' && output.command.type === type) ? [at] : [],
  );

describe('capped', () => {
  it('turns a parallel query that would end the VM into an error', () => {
    expect(vm({ statechart: { protect: 'throttle' } }).grows(8 * SECOND_MS, SHARED).oomKills).toBeGreaterThan(0);
    const refused = vm().grows(8 * SECOND_MS, SHARED);
    expect(refused.oomKills).toBe(0);
    expect(refused.actuators.capped).toHaveLength(1);
    expect(refused.told.state.domain.stats.shmCappedMs).toBe(totalMs(refused.actuators.capped));
  });

  it('does not help against memory of its own, so it is left alone', () => {
    expect(commandTimes(vm().grows(8 * SECOND_MS, RAMP), 'shmCap.apply')).toEqual([]);
  });

  it('does not come before the hold', () => {
    const both = vm({ statechart: { throttleMaxMs: 5000 } }).grows(10 * SECOND_MS, SHARED);
    const [held] = commandTimes(both, 'throttle.start');
    for (const at of commandTimes(both, 'shmCap.apply')) expect(at).toBeGreaterThanOrEqual(held!);
    expect(held).toBeDefined();
  });

  it('is undone when danger is over, for ever until it is true', () => {
    let failures = 12;
    const fails = ({ type }: { readonly type: string }) => type === 'shmCap.remove' && (failures -= 1) >= 0;
    const refused = vm({ actuators: { fails } }).grows(8 * SECOND_MS, SHARED);
    expect(refused.actuators.cappedSince).not.toBeNull();
    refused.rests(60 * SECOND_MS);
    expect(refused.actuators.cappedSince).toBeNull();
    expect(refused.told.state.statechart.value.shmCap).toBe('ready');
  });

  it('that cannot be is undone and tried again with back-off', () => {
    const refused = vm({ actuators: { fails: ({ type }) => type === 'shmCap.apply' } });
    refused.told.reads((readings) => ({ ...readings, memory: { ...readings.memory!, availableBytes: 100 * MIB } }));
    refused.told.runs(10 * SECOND_MS, (ms) => ({ useBytes: 2000 * MIB + ms * 100_000, shmemBytes: ms * 100_000 }));
    const caps = commandTimes(refused, 'shmCap.apply');
    const gaps = caps.slice(1).map((at, i) => Math.round((at - caps[i]!) / SECOND_MS));
    expect(gaps.slice(0, 3)).toEqual([1, 2, 4]);
    expect(commandTimes(refused, 'shmCap.remove')).toHaveLength(caps.length);
  });
});

describe('cancelling', () => {
  it('saves the VM at its largest size at the price of one statement', () => {
    expect(vm({ ...LARGEST, statechart: { protect: 'throttle' } }).grows(8 * SECOND_MS, RAMP).oomKills).toBeGreaterThan(
      0,
    );
    const saved = vm(LARGEST).grows(8 * SECOND_MS, RAMP);
    expect(saved.oomKills).toBe(0);
    expect(saved.actuators.cancelled).toBe(1);
    expect(saved.told.state.domain.stats.statementsCancelled).toBe(1);
  });

  it('saves it also after the host has denied a larger one', () => {
    const saved = vm({}, denying).grows(8 * SECOND_MS, RAMP);
    expect([saved.oomKills, saved.actuators.cancelled]).toEqual([0, 1]);
  });

  it('saves it also where the agent gives no more, without having said so', () => {
    const short = vm({}, givingAtMost(units(3))).grows(3 * SECOND_MS, RAMP);
    expect(short.told.size).toEqual(units(3));
    short.told.has({ useBytes: 2700 * MIB });
    short.rests(10 * SECOND_MS).grows(8 * SECOND_MS, RAMP);
    expect([short.oomKills, short.actuators.cancelled]).toEqual([0, 1]);
  });

  it('is not for a VM that may yet grow', () => {
    expect(commandTimes(vm().grows(8 * SECOND_MS, RAMP), 'statement.cancel')).toEqual([]);
  });

  it('is not for one whose largest size is on its way: more than that is needed, but it is not there yet', () => {
    const growing = vm({ sizing: { max: units(3) } }).grows(8 * SECOND_MS, { bytesPerS: 1200 * MIB });
    expect(growing.told.steps.some(({ step }) => step.state.statechart.context.capped)).toBe(true);
    expect(commandTimes(growing, 'statement.cancel')).toEqual([]);
  });

  it('is for one that has got its largest size, and is still short', () => {
    const growing = vm({ sizing: { max: units(3) } }, givingAtMost(units(3))).grows(15 * SECOND_MS, RAMP);
    expect([growing.oomKills, growing.actuators.cancelled]).toEqual([0, 1]);
  });

  it('is repeated once a second at most, and stops when the growth stops', () => {
    const stubborn = vm({ ...LARGEST, actuators: { fails: ({ type }) => type === 'statement.cancel' } });
    stubborn.told.reads((readings) => ({ ...readings, memory: { ...readings.memory!, availableBytes: 50 * MIB } }));
    stubborn.told.runs(5 * SECOND_MS, (ms) => ({ useBytes: 2000 * MIB + ms * 100_000 }));
    const cancels = commandTimes(stubborn, 'statement.cancel');
    expect(cancels).toHaveLength(4);
    for (const [i, at] of cancels.slice(1).entries()) expect(at - cancels[i]!).toBeGreaterThanOrEqual(SECOND_MS);
    stubborn.told.runs(10 * SECOND_MS);
    expect(commandTimes(stubborn, 'statement.cancel').length).toBeLessThanOrEqual(5);
  });
});
