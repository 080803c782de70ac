/** Memory that runs short again and again: one unit more each time, and another only if that did not help. */
import { exceeds } from '../../../../machines/shared/sizing';
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import { obeying, type Agent } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

const LEAK_BYTES_PER_S = MIB;

/** Says yes at once; the kernel shows it a while later. */
const plugging: Agent = (frame, actuators) => {
  if (frame.type !== 'ScaleRequest' || frame.target === undefined) return;
  actuators.say('UpscaleNotification', { granted: frame.target }, 10);
  actuators.resize(frame.target, 1.4 * SECOND_MS);
};

const calm = (agent: Agent, useBytes: number): Story =>
  story({ sizing: { max: units(16) } })
    .connects('1.1', agent)
    .has({ useBytes })
    .runs(5 * SECOND_MS);

/** When more than before was desired. */
const growths = (told: Story): number[] =>
  told
    .decisions()
    .filter(({ desired }, i, all) => i > 0 && exceeds(desired, all[i - 1]!.desired))
    .map(({ at }) => at);

describe.each([
  ['with the notification', obeying],
  ['a while after the notification', plugging],
])('a leak of 1 MiB/s, where memory comes %s', (_, agent) => {
  it('asks for one unit each time', () => {
    const from = 1800 * MIB;
    const told = calm(agent, from).runs(20 * MINUTE_MS, (ms) => ({
      useBytes: from + (ms / 1000) * LEAK_BYTES_PER_S,
    }));
    const at = growths(told);
    expect(at.length).toBeGreaterThanOrEqual(2);
    // A unit lasts a quarter of an hour.
    for (const [i, time] of at.slice(1).entries()) expect(time - at[i]!).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(told.vm.useBytes).toBeLessThan(told.size.mem);
  });
});

describe('a report of the kernel', () => {
  const reported = (agent: Agent): Story => {
    const told = calm(agent, GIB)
      .has({ highBytes: 1000 * MIB })
      .beat();
    return told.input({ type: 'memory.high.reached', count: 1 });
  };

  it('asks for one unit more than there was when it came', () => {
    const told = reported(obeying)
      .has({ highBytes: null })
      .runs(5 * SECOND_MS);
    expect(told.size).toEqual(units(3));
  });

  it('that comes again after the grant asks for another', () => {
    const told = reported(obeying)
      .runs(3 * SECOND_MS)
      .input({ type: 'memory.high.reached', count: 2 })
      .runs(3 * SECOND_MS);
    expect(told.size).toEqual(units(4));
  });
});

describe('growth that is faster than one unit a grant', () => {
  it.each([obeying, plugging])('is followed with as many as it takes (%#)', (agent) => {
    const told = calm(agent, GIB).runs(8 * SECOND_MS, (ms) => ({ useBytes: GIB + (ms * 250 * MIB) / 1000 }));
    expect(told.size.mem).toBeGreaterThan(told.vm.useBytes);
    const passed = told.steps.filter(({ step }) => (step.state.domain.readings.memory?.availableBytes ?? 1) < 0);
    expect(passed).toEqual([]);
  });

  it('is followed also when a grant that was promised never arrives', () => {
    const promising: Agent = (frame, actuators) => {
      if (frame.type === 'ScaleRequest') actuators.say('UpscaleNotification', { granted: frame.target }, 10);
    };
    const told = calm(promising, GIB).runs(20 * SECOND_MS, (ms) => ({
      useBytes: Math.min(1900 * MIB, GIB + ms * MIB),
    }));
    expect(told.state.statechart.context.granted?.mem).toBeGreaterThanOrEqual(units(5).mem);
  });
});
