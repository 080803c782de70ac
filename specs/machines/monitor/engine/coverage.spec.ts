/** When the windows count as full (rule R12). */
import { SECOND_MS } from '../../../../machines/shared/units';
import { units } from '../../../support/chart-events';
import { between, forRandom } from '../../../support/random';
import { expectRulesKept, story, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

/** An idle VM of four units, which one unit would do; the windows of goal-cu are a minute long. */
const idle = (): Story =>
  story({ policy: 'goal-cu' })
    .has({ size: units(4) })
    .beat();

const beatsUntil = (told: Story, until: number, gap: () => number): Story => {
  while (told.at < until) told.waits(Math.min(Math.ceil(gap()), until - told.at)).beat();
  return told;
};

describe('windows', () => {
  it('are full after a minute of beats, however they are spread within 30 s (random)', () => {
    forRandom(10, (random) => {
      const told = beatsUntil(idle(), 59_999, () => between(random, 10, 30 * SECOND_MS));
      expect(told.state.domain.decided).toEqual(units(4));
      expect(told.waits(1).beat().state.domain.decided).toEqual(units(1));
    });
  });

  it('begin anew after a gap of more than 30 s', () => {
    const told = beatsUntil(idle(), 50_000, () => SECOND_MS)
      .waits(30_001)
      .beat();
    beatsUntil(told, 80_001 + 59_999, () => SECOND_MS);
    expect(told.state.domain.decided).toEqual(units(4));
    expect(told.waits(1).beat().state.domain.decided).toEqual(units(1));
  });

  it('are not emptied by a source that is lost, but what it measured is not wished away', () => {
    const told = beatsUntil(idle(), 59_000, () => SECOND_MS).reads(({ cpu }) => ({ ...(cpu && { cpu }) }));
    beatsUntil(told, 70_000, () => SECOND_MS);
    expect(told.state.domain.decided).toEqual(units(4));
    expect(told.reads(null).waits(1000).beat().state.domain.decided).toEqual(units(1));
  });

  it('keep the tied units whole while a signal is missing', () => {
    const told = story({ policy: 'headroom' })
      .has({ size: units(4) })
      .reads(({ memory }) => ({ ...(memory && { memory }) }));
    told.beat().say('VmInfo', { granted: units(4) });
    told.connects().say('VmInfo', { granted: units(4) });
    beatsUntil(told, 601_000, () => 10 * SECOND_MS);
    expect(told.state.domain.decided).toEqual(units(4));
  });
});
