/** From the first beat to the first wish. */
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import { obeying } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story } from '../../../support/scenario';
import { matching } from '../../../support/matching';

afterEach(expectRulesKept);

describe('a monitor that starts', () => {
  it('takes the seen size as granted, and decides to keep it until less has begun to pay', () => {
    const told = story().beat();
    expect(told.decisions()).toMatchObject([
      { desired: units(2), reason: matching(/kept .1 GiB would do, but saves less than a resize costs/) },
    ]);
    expect(told.state.statechart.context.granted).toEqual(units(2));
  });

  it('decides nothing while nothing can be read', () => {
    const told = story()
      .reads(() => ({}))
      .runs(5 * SECOND_MS);
    expect(told.decisions()).toEqual([]);
  });

  it('decides by CPU alone when memory is not readable, and says so', () => {
    const told = story()
      .reads(({ cpu }) => ({ ...(cpu && { cpu }) }))
      .has({ busyCores: 1.2 })
      .runs(MINUTE_MS);
    expect(told.decisions().at(-1)).toMatchObject({
      desired: units(5),
      reason: matching(/memory: not readable/),
    });
  });

  it('rounds a fraction of a vCPU by its memory: 1 CPU and 1.9 GiB are two units', () => {
    const told = story()
      .has({ size: { cpu: 0.5, mem: 2 * GIB } })
      .beat();
    expect(told.state.statechart.context.granted).toEqual({ cpu: 0.5, mem: 2 * GIB });
  });

  it('wants less once the windows are full', () => {
    const told = story({ policy: 'goal-cu' })
      .has({ size: units(4) })
      .connects('1.1', obeying)
      .runs(2 * MINUTE_MS);
    expect(told.decisions()).toMatchObject([
      { at: 100, desired: units(4) },
      { at: 60_100, desired: units(1) },
    ]);
    expect(told.size).toEqual(units(1));
  });
});

describe('memory that ramps up', () => {
  const ramp = (bytesPerS: number) => (ms: number) => ({ useBytes: 512 * MIB + (bytesPerS * ms) / 1000 });

  it('is asked for at once, with the size below which Postgres is in danger and the time left', () => {
    const told = story().connects('1.1').runs(SECOND_MS);
    const before = told.sent('ScaleRequest').length;
    told.runs(3 * SECOND_MS, ramp(400 * MIB));
    const [first] = told.sent('ScaleRequest').slice(before);
    const decided = told.decisions()[1];
    expect(first).toMatchObject({ at: decided?.at, target: decided?.desired });
    expect(first?.floor?.mem).toBeGreaterThan(GIB);
    expect(first?.withinMs).toBeLessThan(3 * SECOND_MS);
  });

  it('explains the decision by use, growth and the time that a grant takes', () => {
    const told = story()
      .runs(SECOND_MS)
      .runs(12 * SECOND_MS, ramp(100 * MIB));
    expect(told.decisions().at(-1)?.reason).toMatch(/in use, growing \d+ MiB\/s, a grant takes 1.5 s .*foreseen/);
  });

  it('is served before it runs out by an agent that obeys', () => {
    const told = story()
      .connects('1.1', obeying)
      .runs(5 * SECOND_MS, ramp(600 * MIB));
    expect(told.vm.useBytes).toBeLessThan(told.size.mem - 100 * MIB);
    expect(told.state.statechart.context.memory).not.toBe('critical');
  });
});
