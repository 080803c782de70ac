/** What no larger size mends asks for none, and is named once; sizes that came and did not help end in a back-off. */
import { HOUR_MS, GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import type { Readings } from '../../../../machines/monitor/events/readings';
import { explainSize } from '../../../../machines/monitor/status/explain';
import { NO_NOTES } from '../../../../machines/monitor/status/notes';
import type { Lack } from '../../../../machines/monitor/statechart/context';
import { obeying, type Agent } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

const calm = (agent: Agent = obeying): Story =>
  story({ sizing: { max: units(16) } })
    .has({ size: units(4) })
    .connects('1.1', agent)
    .runs(5 * SECOND_MS);

const lackOf = (told: Story): Lack | null => told.state.statechart.context.lack;

/** Each lack as it began or ended, in order. */
const named = ({ steps }: Story): (Lack['of'] | null)[] =>
  steps.flatMap(({ before, step }) => {
    const [was, is] = [before.statechart.context.lack, step.state.statechart.context.lack];
    return was === is ? [] : [is?.of ?? null];
  });

const whyNotLarger = ({ engine, state }: Story): string => explainSize(engine.config, state, NO_NOTES).whyNotLarger;

const withKernelRoom =
  (kernelRoomBytes: number) =>
  (readings: Readings): Readings => ({
    ...readings,
    ...(readings.memory && { memory: { ...readings.memory, kernelRoomBytes } }),
  });

const withLimit =
  (limitBytes: number) =>
  (readings: Readings): Readings => ({
    ...readings,
    ...(readings.cgroup && { cgroup: { ...readings.cgroup, limitBytes, limitPath: '/pods/a' } }),
  });

const withCommitted =
  (committedBytes: number) =>
  ({ memory, ...rest }: Readings): Readings => ({
    ...rest,
    ...(memory && { memory: { ...memory, commitLimitBytes: memory.totalBytes / 2, committedBytes } }),
  });

describe('a lack of the kernel’s own memory', () => {
  /** One byte there carries sixteen of use: 32 MiB are left. */
  const short = (): Story => calm().reads(withKernelRoom(2 * MIB));

  it('is a shortage that asks for no larger size', () => {
    const told = short().runs(10 * SECOND_MS);
    expect(told.state.statechart.context.memory).toBe('critical');
    expect([told.size, told.state.statechart.context.floors.shortage]).toEqual([units(4), null]);
    expect(lackOf(told)).toEqual({ of: 'kernelZones', path: null });
    expect(whyNotLarger(told)).toMatch(/^it would not help: memory from which the kernel .*online_policy=auto-movable/);
  });

  it('is named once, however it hovers, and is over when there is plenty again', () => {
    // Short of memory below 80 MiB, plenty above 250 MiB: twice what is recommended to leave.
    const told = short().runs(5 * SECOND_MS);
    for (const mib of [6, 2, 15, 4]) told.reads(withKernelRoom(mib * MIB)).runs(5 * SECOND_MS);
    expect(named(told)).toEqual(['kernelZones']);
    told.reads(withKernelRoom(16 * MIB)).runs(5 * SECOND_MS);
    expect(named(told)).toEqual(['kernelZones', null]);
    expect(whyNotLarger(told)).toBe('the demand is met');
  });

  it('does not keep back what memory itself is short of', () => {
    const told = short()
      .has({ useBytes: 3950 * MIB })
      .runs(5 * SECOND_MS);
    expect(told.size).not.toEqual(units(4));
  });
});

describe('a memory.max of somebody else', () => {
  /** 512 MiB of use, 100 MiB of it outside of the cgroup: with its 8 MiB of the kernel's 420 MiB count. */
  const short = (): Story => calm().reads(withLimit(450 * MIB));

  it('is a shortage that asks for no larger size, and is named with its cgroup', () => {
    const told = short().runs(10 * SECOND_MS);
    expect(told.state.statechart.context.memory).toBe('critical');
    expect(told.size).toEqual(units(4));
    expect(lackOf(told)).toEqual({ of: 'foreignLimit', path: '/pods/a' });
    expect(whyNotLarger(told)).toBe(
      'it would not help: memory.max of /pods/a nears its end; raise memory.max of /pods/a',
    );
  });

  it('makes no shortage of the VM of the kernel’s report', () => {
    const told = short()
      .has({ highBytes: 450 * MIB })
      .beat();
    told.input({ type: 'memory.high.reached', count: 1 }).runs(10 * SECOND_MS);
    expect(told.size).toEqual(units(4));
    const without = calm()
      .has({ highBytes: 450 * MIB })
      .beat();
    without.input({ type: 'memory.high.reached', count: 1 }).runs(10 * SECOND_MS);
    expect(without.size).toEqual(units(5));
  });

  it('counts no more where it is larger than the VM', () => {
    const told = calm()
      .reads(withLimit(64 * GIB))
      .has({ highBytes: 450 * MIB })
      .beat();
    told.input({ type: 'memory.high.reached', count: 1 }).runs(10 * SECOND_MS);
    expect(told.size).toEqual(units(5));
  });
});

it('a commit limit is a share of memory: a larger size mends it', () => {
  const told = calm()
    .reads(withCommitted(1.9 * GIB))
    .runs(5 * SECOND_MS);
  expect(told.decisions().at(-1)?.reason).toContain('memory was short');
  expect(told.size).toEqual(units(5));
  expect(named(told)).toEqual([]);
});

describe('larger sizes that do not help', () => {
  /** The kernel reports again and again, whatever is granted; use stands still. */
  const reports = (told: Story, times: number): Story => {
    for (let time = 0; time < times; time += 1)
      told.input({ type: 'memory.high.reached', count: time + 1 }).runs(5 * SECOND_MS);
    return told;
  };
  const reported = (agent: Agent = obeying): Story =>
    calm(agent)
      .has({ highBytes: 450 * MIB })
      .beat();

  it('are asked for three times, and then no more for a while, which is explained', () => {
    const told = reports(reported(), 8);
    expect(told.size).toEqual(units(7));
    expect(named(told)).toEqual(['fruitless']);
    expect(whyNotLarger(told)).toMatch(/^it would not help: the last larger sizes have not helped/);
  });

  it('are tried once more after ten minutes, and then after twice as long each time, up to four hours', () => {
    const told = reports(reported(), 8);
    const from = told.at;
    const tries = new Set<number>();
    while (told.at < from + 16 * HOUR_MS) {
      told
        .beat()
        .input({ type: 'memory.high.reached', count: 1 })
        .waits(30 * SECOND_MS);
      tries.add(told.state.domain.shortage?.at ?? 0);
    }
    const rests = [...tries].slice(1).map((at, i) => (at - [...tries][i]!) / MINUTE_MS);
    expect(rests.map(Math.round)).toEqual([10, 20, 40, 80, 160, 240, 240]);
    const sizes = told.decisions().filter(({ at, reason }) => at > from && reason.includes('memory was short'));
    expect(sizes).toHaveLength(rests.length);
  });

  it('keep back nothing that more use is short of', () => {
    const told = reports(reported(), 8);
    const { mem } = told.size;
    told.runs(3 * SECOND_MS, (ms) => ({ useBytes: 512 * MIB + ms * 2 * MIB })).runs(5 * SECOND_MS);
    told.has({ useBytes: mem - 150 * MIB, highBytes: null }).runs(5 * SECOND_MS);
    expect(told.size.mem).toBeGreaterThan(mem);
    expect(told.decisions().at(-1)?.reason).toContain('memory was short');
  });

  it('are no longer fruitless when use grows into them', () => {
    const told = reports(reported(), 3);
    told.has({ useBytes: 1100 * MIB, highBytes: 1000 * MIB }).runs(2 * SECOND_MS);
    reports(told, 2);
    expect(named(told)).toEqual([]);
    expect(told.size.mem).toBeGreaterThan(units(7).mem);
  });

  it('that were promised and are not there have not been tried', () => {
    const promising: Agent = (frame, vm) => {
      if (frame.type === 'ScaleRequest') vm.say('UpscaleNotification', { granted: frame.target }, 10);
    };
    const told = reports(reported(promising), 8);
    expect(named(told)).toEqual([]);
    expect(told.state.statechart.context.granted?.mem).toBeGreaterThan(units(7).mem);
  });
});
