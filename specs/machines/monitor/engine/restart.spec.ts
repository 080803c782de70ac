/** What a monitor that starts again keeps: its windows, its last wish, what it has learned (rule R12). */
import { isLeft, isRight } from 'fp-ts/Either';
import type { Engine } from '../../../../machines/monitor/engine/engine';
import { continueFrom, rebootFrom, restartFrom, saveState } from '../../../../machines/monitor/engine/save';
import type { EngineState } from '../../../../machines/monitor/engine/state';
import { MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import { obeying } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { matching } from '../../../support/matching';
import { expectRulesKept, story, type Story, type StoryOptions } from '../../../support/scenario';

afterEach(expectRulesKept);

const OPTIONS: StoryOptions = { policy: 'goal-cu' };

const saved = (told: Story): unknown => JSON.parse(JSON.stringify(saveState(told.engine, told.state)));

const again = (told: Story, how: typeof restartFrom, pauseMs: number): Story => {
  const from = (engine: Engine): EngineState => {
    const taken = how(engine, saved(told));
    if (isLeft(taken)) throw new Error(taken.left);
    return taken.right;
  };
  return story({ ...OPTIONS, from, at: told.at + pauseMs }).has(told.vm);
};

/** An idle VM of three units that only waits for its windows to fill. */
const young = (): Story =>
  story(OPTIONS)
    .has({ size: units(3), busyCores: 0.5 })
    .connects('1.1', obeying)
    .runs(30 * SECOND_MS);

describe('a restart with a log', () => {
  it('wishes nothing smaller before its windows are full, and goes on filling them', () => {
    const told = again(young().has({ busyCores: 0 }), restartFrom, 2 * SECOND_MS).connects('1.1', obeying);
    told.runs(20 * SECOND_MS);
    expect(told.size).toEqual(units(3));
    told.runs(20 * SECOND_MS);
    expect(told.size).toEqual(units(1));
  });

  it('after a gap that was too long starts its windows anew', () => {
    const told = again(young().has({ busyCores: 0 }), restartFrom, MINUTE_MS).connects('1.1', obeying);
    told.runs(50 * SECOND_MS);
    expect(told.size).toEqual(units(3));
    told.runs(20 * SECOND_MS);
    expect(told.size).toEqual(units(1));
  });

  it('makes no spike: the size is wished as before, which is its first decision and has a reason', () => {
    const told = again(young(), restartFrom, SECOND_MS)
      .connects('1.1', obeying)
      .runs(10 * SECOND_MS);
    expect(told.decisions()).toMatchObject([
      {
        desired: units(3),
        reason: matching(/^goal .*not smaller before the windows are full; as before the restart$/),
      },
    ]);
    expect(told.sent('ScaleRequest')).toMatchObject([{ target: units(3) }]);
  });

  it('says its first decision at the first beat, also where nobody has anything to ask', () => {
    const told = again(young(), restartFrom, SECOND_MS).beat();
    expect(told.decisions()).toMatchObject([{ desired: units(3) }]);
  });

  it('with other bounds than before wishes nothing beyond them', () => {
    const before = young().has({ busyCores: 1.5 }).runs(MINUTE_MS);
    expect(before.state.statechart.context.desired).toEqual(units(7));
    const bounds: StoryOptions = { ...OPTIONS, sizing: { max: units(2) } };
    const from = (engine: Engine): EngineState => {
      const taken = restartFrom(engine, saved(before));
      if (isLeft(taken)) throw new Error(taken.left);
      return taken.right;
    };
    const told = story({ ...bounds, from, at: before.at + SECOND_MS }).has({ ...before.vm, size: units(2) });
    expect(told.state.statechart.context.desired).toEqual(units(2));
  });

  it('forgets the connection, but not the last wish or what is granted', () => {
    const before = young();
    const { conn, desired, granted } = again(before, restartFrom, SECOND_MS).state.statechart.context;
    expect(conn).toBeNull();
    expect({ desired, granted }).toEqual({ desired: units(3), granted: units(3) });
  });

  it('does not request less before it has sampled: the windows may have a gap', () => {
    const before = story(OPTIONS)
      .has({ size: units(3) })
      .connects('1.1')
      .runs(2 * MINUTE_MS);
    expect(before.sent('ScaleRequest').at(-1)?.target).toEqual(units(1));
    const told = again(before, restartFrom, MINUTE_MS)
      .connects('1.1')
      .waits(2 * SECOND_MS);
    expect(told.sent('ScaleRequest')).toEqual([]);
    expect(told.runs(10 * SECOND_MS).sent('ScaleRequest')).toMatchObject([{ target: units(3) }]);
  });

  it('judges memory anew: what is still short is a breach again', () => {
    const before = young()
      .has({ useBytes: 2950 * MIB })
      .beat();
    expect(before.state.statechart.context.memory).toBe('critical');
    const told = again(before, restartFrom, SECOND_MS);
    expect(told.state.statechart.context.memory).toBe('normal');
    expect(told.beat().state.statechart.value.memory).toBe('critical');
  });

  it('of another policy begins with that policy’s empty windows', () => {
    const told = story({ policy: 'headroom' });
    const taken = restartFrom(told.engine, saved(young()));
    expect(isRight(taken) && taken.right.domain.coveredSince).toBeNull();
    expect(isRight(taken) && taken.right.policy).toEqual(told.engine.policy.initial);
  });
});

describe('a restart without a log', () => {
  it('causes no downscale: the first wish is the size that is there', () => {
    const told = story(OPTIONS)
      .has({ size: units(5), busyCores: 0 })
      .connects('1.1', obeying)
      .runs(55 * SECOND_MS);
    expect(told.sent('ScaleRequest').map(({ target }) => target)).toEqual([units(5)]);
  });

  it('under an agent without a hypervisor takes the size from its VmInfo before it wishes', () => {
    const told = story({ ...OPTIONS, statechart: { sizeFrom: 'agent' } })
      .beat()
      .connects('1.1', obeying);
    told
      .has({ size: units(5) })
      .say('VmInfo', { granted: units(5) })
      .runs(20 * SECOND_MS);
    expect(told.sent('ScaleRequest').map(({ target }) => target)).toEqual([units(5)]);
  });
});

describe('after another boot', () => {
  it('only the learned times stay; the size is what the kernel shows', () => {
    const before = young().runs(MINUTE_MS);
    expect(before.state.domain.latency.down.small).toHaveLength(1);
    const told = again(before, rebootFrom, 1).has({ size: units(6) });
    expect(told.state.domain).toMatchObject({
      latency: before.state.domain.latency,
      decided: null,
      coveredSince: null,
    });
    expect(told.beat().state.statechart.context.granted).toEqual(units(6));
  });
});

describe('a saved state', () => {
  it.each([
    ['nothing', null, /not the shape/],
    ['another shape', { policy: { name: 'goal-cu', state: {} } }, /not the shape/],
  ])('of %s is refused with a reason', (_, state, reason) => {
    for (const how of [continueFrom, restartFrom, rebootFrom]) {
      const taken = how(story(OPTIONS).engine, state);
      expect(isLeft(taken) && taken.left).toMatch(reason);
    }
  });

  it('whose policy state is not readable begins with empty windows, and keeps all else', () => {
    const told = story({ policy: 'headroom' }).beat();
    const state = { ...saveState(told.engine, told.state), policy: { name: 'headroom', state: { cpu: 'much' } } };
    for (const how of [continueFrom, restartFrom]) {
      const taken = how(told.engine, state);
      expect(isRight(taken) && taken.right.policy).toEqual(told.engine.policy.initial);
      expect(isRight(taken) && taken.right.domain).toMatchObject({
        coveredSince: null,
        bootReserveBytes: told.state.domain.bootReserveBytes,
      });
      expect(isRight(taken) && taken.right.statechart.context.granted).toEqual(units(2));
    }
  });

  it('with chart states that this build does not know is refused', () => {
    const told = story(OPTIONS).beat();
    const state = saveState(told.engine, told.state);
    const foreign = {
      ...state,
      statechart: { ...state.statechart, value: { ...state.statechart.value, memory: 'melting' } },
    };
    const taken = continueFrom(told.engine, foreign);
    expect(isLeft(taken) && taken.left).toMatch(/does not fit this build/);
  });
});
