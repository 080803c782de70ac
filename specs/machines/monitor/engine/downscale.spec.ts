/** DownscaleRequests: approved or refused by rule R5, and watched afterwards. */
import { GIB, MIB, SECOND_MS } from '../../../../machines/shared/units';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Sent, type Story } from '../../../support/scenario';
import { bootReserveOf } from '../../../support/vm';
import { containing, matching } from '../../../support/matching';

afterEach(expectRulesKept);

const RESERVE_BYTES = bootReserveOf(units(4).mem);

/** Four units, idle, with an agent that has been there for a while. */
const idle = (): Story =>
  story()
    .has({ size: units(4) })
    .connects()
    .runs(5 * SECOND_MS);

const answer = (told: Story): Sent | undefined => told.sent('DownscaleResult').at(-1);

describe('a DownscaleRequest', () => {
  it('is approved when use and margin fit, with the numbers', () => {
    const told = idle().say('DownscaleRequest', { target: units(2) });
    expect(answer(told)).toMatchObject({
      Ok: true,
      id: 2,
      Status: matching(/2147483648 bytes .* hold 512 MiB in use/),
    });
    expect(told.state.statechart.context).toMatchObject({
      granted: units(2),
      shrink: { from: units(4), to: units(2) },
    });
  });

  it('is answered with its own id, digit for digit', () => {
    const told = idle().hears(
      '{"content":{"target":{"cpu":1,"mem":18446744073709551615}},"type":"DownscaleRequest","id":18446744073709551615}',
    );
    const [frame] = told.steps.at(-1)!.step.outputs.filter(({ type }) => type === 'frame.sent');
    expect(frame).toMatchObject({ text: containing('"id":18446744073709551615') });
    expect(frame).toMatchObject({ text: containing('18446744073709551615 bytes') });
  });

  it('is approved when use and margin are exactly the usable size', () => {
    const useBytes = 2 * GIB - RESERVE_BYTES - 100 * MIB;
    expect(
      answer(
        idle()
          .has({ useBytes })
          .runs(3 * SECOND_MS)
          .say('DownscaleRequest', { target: units(2) }),
      )?.Ok,
    ).toBe(true);
  });

  it('is refused one byte below, naming what is in use', () => {
    const useBytes = 2 * GIB - RESERVE_BYTES - 100 * MIB + 1;
    const told = idle()
      .has({ useBytes, shmemBytes: GIB })
      .runs(3 * SECOND_MS)
      .say('DownscaleRequest', { target: units(2) });
    expect(answer(told)).toMatchObject({
      Ok: false,
      Status: matching(/do not hold .* 1 GiB shared memory touched/),
    });
    expect(told.state.statechart.context.granted).toEqual(units(4));
  });

  it('counts dirty pages and mapped cache as margin', () => {
    const useBytes = 2 * GIB - RESERVE_BYTES - 200 * MIB;
    const told = idle()
      .has({ useBytes })
      .runs(3 * SECOND_MS);
    expect(
      answer(
        told
          .has({ dirtyBytes: 101 * MIB })
          .beat()
          .say('DownscaleRequest', { target: units(2) }),
      )?.Ok,
    ).toBe(false);
    told
      .has({ dirtyBytes: 0, mappedBytes: 101 * MIB })
      .beat()
      .say('DownscaleRequest', { target: units(2) });
    expect(answer(told)?.Ok).toBe(false);
  });

  it('is refused while the need for more is younger than a second', () => {
    // 1750 MiB are three quarters of more than two units, and would fit two.
    const told = story({ policy: 'goal-cu' })
      .has({ size: units(4) })
      .connects()
      .runs(5 * SECOND_MS)
      .has({ useBytes: 1750 * MIB })
      .beat();
    told.waits(900).say('DownscaleRequest', { target: units(2) });
    expect(answer(told)).toMatchObject({ Ok: false, Status: matching(/^3 GiB of memory have been needed for 900 ms/) });
    told.runs(SECOND_MS).say('DownscaleRequest', { target: units(2) });
    expect(answer(told)).toMatchObject({ Ok: true });
  });

  it('is refused on a sample older than a second', () => {
    const told = idle()
      .waits(1001)
      .say('DownscaleRequest', { target: units(2) });
    expect(answer(told)).toMatchObject({ Ok: false, Status: matching(/1001 ms old/) });
  });

  it('is refused without any sample of memory', () => {
    const told = story()
      .connects()
      .say('DownscaleRequest', { target: units(2) });
    expect(answer(told)).toMatchObject({ Ok: false, Status: 'no memory sample: use is unknown' });
    told
      .reads(({ cpu }) => ({ ...(cpu && { cpu }) }))
      .beat()
      .say('DownscaleRequest', { target: units(2) });
    expect(answer(told)?.Ok).toBe(false);
  });

  it('is judged by the VM alone where there is no cgroup', () => {
    const told = story()
      .has({ size: units(4), hasCgroup: false })
      .connects()
      .runs(SECOND_MS);
    expect(answer(told.say('DownscaleRequest', { target: units(2) }))?.Ok).toBe(true);
    expect(
      answer(
        told
          .has({ useBytes: 3 * GIB })
          .beat()
          .waits(1000)
          .say('DownscaleRequest', { target: units(2) }),
      )?.Ok,
    ).toBe(false);
  });
});

/** One unit is desired and, by an agent that asks first, granted; the VM still has four. */
const shrinking = (): Story => {
  const told = story({ policy: 'goal-cu' })
    .has({ size: units(4), useBytes: 300 * MIB })
    .connects();
  return told.runs(61 * SECOND_MS).say('DownscaleRequest', { target: units(1) });
};

describe('an approved shrink', () => {
  it('is watched at the fast beat until the kernel shows it', () => {
    const told = shrinking().runs(200);
    const samples = told.steps.filter(({ input }) => input.type === 'sample.taken').map(({ at }) => at);
    expect(samples.at(-1)! - samples.at(-2)!).toBe(10);
    expect(told.state.statechart.value.sizing).toBe('shrinking');
    told.has({ size: units(1) }).runs(100);
    expect(told.state.statechart.context.shrink).toBeNull();
    expect(told.state.statechart.value.sizing).toBe('settled');
  });

  it('is not watched for more than a minute', () => {
    const told = shrinking().waits(60 * SECOND_MS);
    expect(told.state.statechart.context.shrink).toBeNull();
  });

  it('is turned round when use grows into it: the old size is wished at once', () => {
    const told = shrinking().runs(2 * SECOND_MS);
    const before = told.sent('ScaleRequest').length;
    told.runs(2 * SECOND_MS, (ms) => ({ useBytes: 300 * MIB + (ms * MIB) / 4 }));
    const requested = told.sent('ScaleRequest').slice(before);
    expect(requested[0]).toMatchObject({ target: units(4) });
    expect(told.vm.useBytes).toBeLessThan(units(1).mem);
    expect(told.decisions().some(({ reason }) => reason.includes('use grew into the last shrink'))).toBe(true);
  });

  it('of a virtual size is over at once', () => {
    const told = story({ statechart: { sizeFrom: 'agent' } })
      .connects()
      .runs(SECOND_MS);
    told
      .say('VmInfo', { granted: units(4) })
      .runs(SECOND_MS)
      .say('DownscaleRequest', { target: units(3) });
    expect(told.state.statechart.context).toMatchObject({ granted: units(3), shrink: null });
  });
});
