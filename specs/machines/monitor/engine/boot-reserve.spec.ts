/** VMs of which the kernel keeps hundreds of MiB: their size is recognised, and that share is no room. */
import { isLearned } from '../../../../machines/monitor/engine/grant-latency';
import { MIB, SECOND_MS } from '../../../../machines/shared/units';
import { obeying } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Story } from '../../../support/scenario';
import { bootReserveOf } from '../../../support/vm';

afterEach(expectRulesKept);

const booted = (count: number): Story =>
  story({ sizing: { max: units(128) } })
    .has({ size: units(count), useBytes: units(count).mem / 2 })
    .connects('1.1', obeying)
    .runs(5 * SECOND_MS);

describe.each([16, 24, 64])('a VM booted with %i GiB', (count) => {
  it('is seen as what it is, and as what it grows to: the time of a grant is learned', () => {
    const told = booted(count);
    expect(told.state.domain).toMatchObject({ agreed: true, bootReserveBytes: bootReserveOf(units(count).mem) });
    expect(told.state.statechart.context.granted).toEqual(units(count));
    const free = 150 * MIB + bootReserveOf(units(count).mem);
    told.has({ useBytes: units(count).mem - free }).runs(5 * SECOND_MS);
    expect(told.size.mem).toBeGreaterThan(units(count).mem);
    expect(told.state.domain.agreed).toBe(true);
    expect(isLearned(told.state.domain.latency, 'up')).toBe(true);
  });

  it('may not shrink to where only the kernel’s share would be left', () => {
    const target = units(count - 1);
    const usable = target.mem - bootReserveOf(units(count).mem);
    const ask = (useBytes: number): boolean | undefined =>
      booted(count)
        .has({ useBytes, shmemBytes: 0 })
        .runs(3 * SECOND_MS)
        .say('DownscaleRequest', { target })
        .sent('DownscaleResult')
        .at(-1)?.Ok;
    const margin = Math.max(100 * MIB, 0.02 * target.mem);
    expect(ask(usable - 70 * MIB)).toBe(false);
    expect(ask(usable - margin - 1)).toBe(true);
  });
});

describe('a reserve that was estimated wrongly', () => {
  /** Booted with 1 GiB and plugged up to 60: by its MemTotal it could as well have been booted with 61. */
  const misread = (): Story => {
    const told = story({ sizing: { max: units(128) } })
      .has({ size: units(60), bootBytes: units(1).mem, useBytes: units(50).mem })
      .connects('1.0')
      .runs(5 * SECOND_MS);
    expect(told.state.statechart.context.granted?.mem).toBe(units(61).mem);
    return told;
  };

  it('is learned from a notification once MemTotal has stood beside it for ten seconds', () => {
    const told = misread().say('UpscaleNotification', { granted: units(62) });
    told.has({ size: units(62) }).runs(9 * SECOND_MS);
    expect(told.state.domain.agreed).toBe(false);
    told.runs(3 * SECOND_MS);
    expect(told.state.domain).toMatchObject({ agreed: true, bootReserveBytes: bootReserveOf(units(1).mem) });
  });

  it('is not learned from memory that is still on its way', () => {
    const told = misread();
    const { bootReserveBytes } = told.state.domain;
    told.say('UpscaleNotification', { granted: units(62) }).runs(30 * SECOND_MS);
    expect(told.state.domain).toMatchObject({ agreed: false, bootReserveBytes });
  });
});
