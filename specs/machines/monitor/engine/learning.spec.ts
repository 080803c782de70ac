/** What is learned from grants, and how fast the beat goes. */
import { expectedMs, isLearned } from '../../../../machines/monitor/engine/grant-latency';
import { samplingIntervalMs } from '../../../../machines/monitor/engine/pace';
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import { GRANT_MS, obeying, type Agent } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

/** Says yes at once; the kernel shows it only later. */
const hasty =
  (plugMs: number): Agent =>
  (frame, actuators) => {
    if (frame.type !== 'ScaleRequest' || frame.target === undefined) return;
    actuators.say('UpscaleNotification', { granted: frame.target }, 10);
    actuators.resize(frame.target, plugMs);
  };

/** Two units, one of them busy, until the wish for more comes. */
const growing = (agent: Agent): Story =>
  story()
    .connects('1.1', agent)
    .runs(5 * SECOND_MS)
    .runs(15 * SECOND_MS, () => ({ busyCores: 0.7 }));

describe('the time that a grant takes', () => {
  it('is learned from the wish to the size being seen', () => {
    const samples = growing(obeying).state.domain.latency.up.small;
    expect(samples.length).toBeGreaterThan(0);
    expect(Math.min(...samples)).toBeGreaterThanOrEqual(GRANT_MS);
    expect(Math.max(...samples)).toBeLessThanOrEqual(GRANT_MS + 200);
  });

  it('is not over with the notification, while the kernel does not show the size', () => {
    const samples = growing(hasty(3 * SECOND_MS)).state.domain.latency.up.small;
    expect(samples.length).toBeGreaterThan(0);
    expect(Math.min(...samples)).toBeGreaterThanOrEqual(3 * SECOND_MS);
  });

  it('is what the agent told, until it is learned', () => {
    const told = story().connects('1.1').say('VmInfo', { etaMs: 4000 }).runs(SECOND_MS);
    expect(told.state.domain.recommendation?.parts['grantUpMs']).toBe(4000);
    const later = growing(obeying).say('VmInfo', { etaMs: 4000 }).runs(SECOND_MS);
    const learned = expectedMs(later.state.domain.latency, 'up', GIB);
    expect(later.state.domain.recommendation?.parts['grantUpMs']).toBe(learned);
    expect(learned).toBeLessThan(4000);
  });

  it('is not learned from a size that came without a wish', () => {
    const told = story()
      .connects('1.1')
      .runs(5 * SECOND_MS)
      .has({ size: units(4) });
    told.say('UpscaleNotification', { granted: units(4) }).runs(SECOND_MS);
    expect(isLearned(told.state.domain.latency, 'up')).toBe(false);
  });
});

describe('the beat', () => {
  const pace = (told: Story): number => samplingIntervalMs(told.state, told.at);

  it('is 100 ms before anything was read', () => {
    expect(pace(story())).toBe(100);
  });

  it('is a second when nothing nears a limit', () => {
    expect(pace(story().runs(2 * SECOND_MS))).toBe(1000);
  });

  it('is 100 ms while a wish for more is open, or CPUs are busy', () => {
    expect(
      pace(
        story()
          .connects()
          .runs(5 * SECOND_MS, () => ({ busyCores: 0.9 })),
      ),
    ).toBe(100);
    expect(
      pace(
        story()
          .has({ size: units(8) })
          .runs(SECOND_MS, () => ({ busyCores: 1.9 })),
      ),
    ).toBe(100);
  });

  it('is a second while only a wish for less is open: nobody is short meanwhile', () => {
    const told = story()
      .has({ size: units(8) })
      .connects()
      .runs(6 * MINUTE_MS, () => ({ busyCores: 0 }));
    expect(told.state.statechart.context.requesting).not.toBeNull();
    expect(pace(told)).toBe(1000);
  });

  it('is 10 ms while memory runs out within two seconds, and only as long as it grows', () => {
    const told = story()
      .runs(2 * SECOND_MS)
      .runs(SECOND_MS, (ms) => ({ useBytes: GIB + ms * MIB }));
    expect(pace(told)).toBe(10);
    expect(pace(told.runs(3 * SECOND_MS))).toBe(100);
  });
});
