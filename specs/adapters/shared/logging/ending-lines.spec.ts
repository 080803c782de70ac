/** Memory that nears its end at the largest size, in stories: what people hear of it, and how often. */
import { endingLine, watchEnding } from '../../../../adapters/monitor/logging/ending-lines';
import type { Ending } from '../../../../machines/monitor/engine/ending';
import { MIB, SECOND_MS } from '../../../../machines/shared/units';
import { denying, givingAtMost, obeying, silent, type Agent } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { Grower } from '../../../support/grower';
import { expectRulesKept, story, type StoryOptions } from '../../../support/scenario';

afterEach(expectRulesKept);

const LARGEST: StoryOptions = { sizing: { max: units(2) } };
const RAMP = { bytesPerS: 300 * MIB };

const vm = (options: StoryOptions, agent: Agent = silent): Grower =>
  new Grower(
    story(options)
      .has({ size: units(2) })
      .connects('1.1', agent)
      .runs(5 * SECOND_MS),
  );

const saidOf = ({ told }: Pick<Grower, 'told'>): string[] => {
  const said: string[] = [];
  let now = 0;
  const watch = watchEnding(() => now, { warn: (line) => said.push(line) });
  for (const { at, step } of told.steps) {
    now = at;
    watch(step.state);
  }
  return said;
};

describe('memory that nears its end', () => {
  it('at the largest size is said once, however long it lasts', () => {
    const full = vm(LARGEST);
    full.told.runs(60 * SECOND_MS, (ms) => ({ useBytes: Math.min(1850, 512 + ms / 2) * MIB }));
    expect(saidOf(full)).toEqual([
      expect.stringMatching(/^at the largest size, \d+ MiB left: enough for .* s at this growth; then the OOM killer/),
    ]);
  });

  it('is said again after it had eased, not while it flutters', () => {
    const full = vm(LARGEST).grows(4 * SECOND_MS, RAMP);
    full.told.has({ useBytes: 1600 * MIB }).runs(10 * SECOND_MS);
    expect(full.told.state.domain.pressure.level).toBe('elevated');
    full.grows(SECOND_MS, RAMP);
    expect(saidOf(full)).toHaveLength(1);
    full.told.has({ useBytes: 512 * MIB }).runs(10 * SECOND_MS);
    full.grows(4 * SECOND_MS, RAMP);
    expect(saidOf(full)).toHaveLength(2);
  });

  it('is said where the host denies more, with its reason', () => {
    expect(saidOf(vm({}, denying).grows(4 * SECOND_MS, RAMP))).toEqual([
      expect.stringMatching(/^denied \(host is full\), \d+ MiB left: /),
    ]);
  });

  it('is said where the agent gives no more', () => {
    const short = vm({}, givingAtMost(units(3))).grows(3 * SECOND_MS, RAMP);
    short.told.has({ useBytes: 2700 * MIB });
    short.rests(10 * SECOND_MS).grows(SECOND_MS, RAMP);
    expect(saidOf(short)).toEqual([expect.stringMatching(/^at the largest size that the agent gives, /)]);
  });

  it('is not said while a larger size may come', () => {
    const growing = vm({}, obeying).grows(10 * SECOND_MS, RAMP);
    expect(growing.told.steps.some(({ step }) => step.state.domain.pressure.level === 'critical')).toBe(true);
    expect(saidOf(growing)).toEqual([]);
  });

  it('is not said when the largest size has just come, and with it enough room', () => {
    const told = story({ policy: 'goal-cu', sizing: { max: units(6) }, statechart: { sizeFrom: 'agent' } })
      .has({ size: units(1), useBytes: 1010 * MIB, busyCores: 3 })
      .connects('1.1', obeying)
      .runs(10 * SECOND_MS);
    expect(told.steps.some(({ step }) => step.state.domain.pressure.level === 'critical')).toBe(true);
    expect(told.state.statechart.context).toMatchObject({ granted: units(6), capped: true });
    expect(saidOf({ told })).toEqual([]);
  });

  it('is not said at a largest size that suffices', () => {
    expect(saidOf(vm(LARGEST).rests(10 * SECOND_MS))).toEqual([]);
  });
});

describe('the line', () => {
  const ENDING: Ending = {
    sizeBytes: units(2).mem,
    leftBytes: 180 * MIB,
    exhaustionMs: 3 * SECOND_MS,
    because: { type: 'largest' },
    protect: 'full',
  };

  it.each<[Partial<Ending>, string]>([
    [
      {},
      'at the largest size, 180 MiB left: enough for 3 s at this growth; those who grow are held, then the largest statement is cancelled',
    ],
    [
      { leftBytes: 0, exhaustionMs: 0, protect: 'throttle' },
      'at the largest size, 0 B left: only the reserve is free; those who grow are held for a while, then the OOM killer ends a process (--protect throttle)',
    ],
    [
      { exhaustionMs: Infinity, protect: 'observe' },
      'at the largest size, 180 MiB left: it hardly grows now; then the OOM killer ends a process (--protect observe)',
    ],
  ])('of %j says what is left, and what follows', (changes, line) => {
    expect(endingLine({ ...ENDING, ...changes })).toBe(line);
  });
});
