/** The kernel's memory.high events, breaches, and a cgroup that comes and goes. */
import { GIB, MIB, SECOND_MS } from '../../../../machines/shared/units';
import { givingAtMost, obeying } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Story } from '../../../support/scenario';
import { bootReserveOf } from '../../../support/vm';
import { matching } from '../../../support/matching';

afterEach(expectRulesKept);

const calm = (): Story =>
  story()
    .has({ size: units(4) })
    .connects('1.1')
    .runs(5 * SECOND_MS);
/** 79 MiB left of four units, where less than 80 MiB is short; and 85 MiB, where less than 90 MiB is near it. */
const USABLE_BYTES = units(4).mem - bootReserveOf(units(4).mem);
const SHORT_BYTES = USABLE_BYTES - 79 * MIB;
const NEARLY_SHORT_BYTES = USABLE_BYTES - 85 * MIB;
const high = { type: 'memory.high.reached', count: 1 } as const;

describe('a memory.high event', () => {
  it('with anon + shmem behind it is a breach: one unit more is asked for at once', () => {
    const told = story().has({ size: units(4), useBytes: 900 * MIB, highBytes: 900 * MIB });
    told
      .connects('1.1')
      .runs(5 * SECOND_MS)
      .input(high);
    expect(told.state.statechart.value.memory).toBe('critical');
    expect(told.decisions().at(-1)).toMatchObject({
      at: told.at,
      desired: units(5),
      reason: matching(/memory was short/),
    });
    expect(told.sent('ScaleRequest').at(-1)).toMatchObject({ at: told.at, target: units(5) });
  });

  it('from page cache alone changes nothing', () => {
    const told = calm()
      .has({ cacheBytes: 2 * GIB, highBytes: 2 * GIB })
      .beat();
    const before = told.decisions().length;
    told.input(high).runs(SECOND_MS);
    expect(told.state.statechart.context.memory).toBe('normal');
    expect(told.decisions()).toHaveLength(before);
  });

  it('without a known limit counts for nothing', () => {
    expect(calm().input(high).state.statechart.context.memory).toBe('normal');
    expect(story().input(high).decisions()).toEqual([]);
  });
});

describe('a breach', () => {
  it('asks for another unit when the first did not help', () => {
    const told = story()
      .connects('1.1', obeying)
      .runs(5 * SECOND_MS)
      .runs(20 * SECOND_MS, (ms) => ({
        useBytes: Math.min(3.9 * GIB, 512 * MIB + ms * 4 * MIB),
      }));
    expect(told.size.mem).toBeGreaterThan(units(4).mem);
  });

  it('is believed to be over only after a second, and relieved for five more', () => {
    const told = calm()
      .has({ useBytes: SHORT_BYTES })
      .runs(2 * SECOND_MS)
      .has({ useBytes: 512 * MIB });
    told.runs(900);
    expect(told.state.statechart.value.memory).toBe('critical');
    told.runs(SECOND_MS);
    expect(told.state.statechart.value.memory).toBe('relieved');
    told.runs(5 * SECOND_MS);
    expect(told.state.statechart.value.memory).toBe('normal');
  });

  it('makes the wish urgent although it stays the same: it is said at once, with the time left', () => {
    const told = story()
      .connects('1.1')
      .runs(40 * SECOND_MS, () => ({ busyCores: 1.9 }));
    const decisions = told.decisions().length;
    told.has({ useBytes: 1950 * MIB }).beat();
    expect(told.decisions()).toHaveLength(decisions);
    expect(told.sent('ScaleRequest').at(-1)).toMatchObject({ at: told.at, target: units(8), withinMs: 0 });
  });

  it('keeps what it asked for a minute, so that the size does not flutter', () => {
    const told = calm()
      .has({ useBytes: SHORT_BYTES })
      .runs(2 * SECOND_MS)
      .has({ useBytes: 512 * MIB })
      .runs(50 * SECOND_MS);
    expect(told.state.statechart.context.floors.shortage).not.toBeNull();
    told.runs(15 * SECOND_MS);
    expect(told.state.statechart.context.floors.shortage).toBeNull();
  });

  it('asks for nothing more while memory cannot be read', () => {
    const told = story()
      .connects('1.1', obeying)
      .runs(5 * SECOND_MS)
      .has({ useBytes: 1900 * MIB })
      .beat();
    expect(told.state.statechart.context.memory).toBe('critical');
    const { desired } = told.decisions().at(-1)!;
    told.reads(({ cpu }) => ({ ...(cpu && { cpu }) })).runs(20 * SECOND_MS);
    expect(told.state.domain.decided).toEqual(desired);
  });

  it('at the largest size is capped, whatever the agent says', () => {
    const told = story({ sizing: { max: units(2) } })
      .connects('1.1', givingAtMost(units(2)))
      .runs(2 * SECOND_MS);
    told.runs(10 * SECOND_MS, () => ({ useBytes: 1950 * MIB }));
    expect(told.state.statechart.value).toMatchObject({ sizing: 'capped', memory: 'critical' });
    expect(told.sent('ScaleRequest')).toHaveLength(1);
  });
});

describe('a cgroup that is gone', () => {
  const gone = { type: 'source.lost', source: 'cgroup.memory', reason: 'ENOENT' } as const;
  const back = { type: 'source.found', source: 'cgroup.memory' } as const;

  it('is shown as lost, while the VM as a whole still protects', () => {
    const told = calm().input(gone).has({ hasCgroup: false }).runs(SECOND_MS);
    expect(told.state.statechart.value.memory).toBe('lost');
    told.has({ useBytes: SHORT_BYTES }).beat();
    expect(told.state.statechart.value.memory).toBe('critical');
  });

  it('comes back into the verdict that holds then', () => {
    const told = calm().has({ useBytes: SHORT_BYTES }).beat();
    told.input(gone).input(back);
    expect(told.state.statechart.value.memory).toBe('critical');
    told
      .input(gone)
      .has({ useBytes: NEARLY_SHORT_BYTES })
      .runs(3 * SECOND_MS)
      .input(back);
    expect(told.state.statechart.value.memory).toBe('elevated');
    told
      .input(gone)
      .has({ useBytes: GIB })
      .runs(3 * SECOND_MS)
      .input(back);
    expect(told.state.statechart.value.memory).toBe('normal');
  });

  it('is told apart from other sources', () => {
    const told = calm().input({ ...gone, source: 'proc.pressure' });
    expect(told.state.statechart.value.memory).toBe('normal');
    told.input(gone).input({ ...back, source: 'proc.pressure' });
    expect(told.state.statechart.value.memory).toBe('lost');
  });
});
