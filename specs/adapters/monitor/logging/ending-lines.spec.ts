/** Memory that nears its end at the largest size, in scenarios: what is logged, and how often. */
import { endingLine, watchEnding } from '../../../../adapters/monitor/logging/ending-lines';
import { warning } from '../../../../adapters/shared/logging/event-line';
import type { Ending } from '../../../../machines/monitor/engine/ending';
import { MIB, SECOND_MS } from '../../../../machines/shared/units';
import { denying, givingAtMost, obeying, silent, type Agent } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { Grower } from '../../../support/grower';
import { MONITOR_WORDS, sentenceOf } from '../../../support/sentence';
import { bootReserveOf } from '../../../support/vm';
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

const loggedOf = ({ told }: Pick<Grower, 'told'>): string[] => {
  const logged: string[] = [];
  let now = 0;
  const watch = watchEnding(() => now, {
    warn: (msg, fields) => logged.push(sentenceOf(warning(msg, fields), MONITOR_WORDS)),
  });
  for (const { at, step } of told.steps) {
    now = at;
    watch(step.state);
  }
  return logged;
};

describe('memory that nears its end', () => {
  it('at the largest size is logged once, however long it lasts', () => {
    const full = vm(LARGEST);
    full.told.runs(60 * SECOND_MS, (ms) => ({ useBytes: Math.min(1850, 512 + ms / 2) * MIB }));
    expect(loggedOf(full)).toEqual([
      expect.stringMatching(
        /^memory nears exhaustion at the largest size: \d+ MiB left, enough for .* s at this growth; then the OOM killer/,
      ),
    ]);
  });

  it('is logged again after it had eased, not while it hovers', () => {
    const full = vm(LARGEST).grows(4 * SECOND_MS, RAMP);
    // 85 MiB are left: no shortage (80 MiB) any more, and not calm (90 MiB) yet.
    const nearlyFull = units(2).mem - bootReserveOf(units(2).mem) - 85 * MIB;
    full.told.has({ useBytes: nearlyFull }).runs(10 * SECOND_MS);
    expect(full.told.state.statechart.context.memory).toBe('elevated');
    full.grows(SECOND_MS, RAMP);
    expect(loggedOf(full)).toHaveLength(1);
    full.told.has({ useBytes: 512 * MIB }).runs(10 * SECOND_MS);
    full.grows(4 * SECOND_MS, RAMP);
    expect(loggedOf(full)).toHaveLength(2);
  });

  it('is logged where the host denies more, with its reason', () => {
    expect(loggedOf(vm({}, denying).grows(4 * SECOND_MS, RAMP))).toEqual([
      expect.stringMatching(/^memory nears exhaustion after a denial \(host is full\): \d+ MiB left/),
    ]);
  });

  it('is logged where the agent grants no more', () => {
    const short = vm({}, givingAtMost(units(3))).grows(3 * SECOND_MS, RAMP);
    short.told.has({ useBytes: 2700 * MIB });
    short.rests(10 * SECOND_MS).grows(SECOND_MS, RAMP);
    expect(loggedOf(short)).toEqual([
      expect.stringMatching(/^memory nears exhaustion at the largest size that the agent grants: /),
    ]);
  });

  it('is not logged while a larger size may come', () => {
    const growing = vm({}, obeying).grows(10 * SECOND_MS, RAMP);
    expect(growing.told.steps.some(({ step }) => step.state.statechart.context.memory === 'critical')).toBe(true);
    expect(loggedOf(growing)).toEqual([]);
  });

  it('is not logged when the largest size has just come, and with it enough room', () => {
    const told = story({ policy: 'goal-cu', sizing: { max: units(6) }, statechart: { sizeFrom: 'agent' } })
      .has({ size: units(1), useBytes: 1010 * MIB, busyCores: 3 })
      .connects('1.1', obeying)
      .runs(10 * SECOND_MS);
    expect(told.steps.some(({ step }) => step.state.statechart.context.memory === 'critical')).toBe(true);
    expect(told.state.statechart.context).toMatchObject({ granted: units(6), capped: true });
    expect(loggedOf({ told })).toEqual([]);
  });

  it('is not logged at a largest size that suffices', () => {
    expect(loggedOf(vm(LARGEST).rests(10 * SECOND_MS))).toEqual([]);
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
  const FULL = { msg: 'memory nears exhaustion', fields: { limitedBy: 'at the largest size', leftBytes: 180 * MIB } };

  it.each<[Partial<Ending>, object, string]>([
    [
      {},
      { ...FULL, fields: { ...FULL.fields, exhaustionMs: 3000, protect: 'full' } },
      'memory nears exhaustion at the largest size: 180 MiB left, enough for 3 s at this growth; then the fastest-growing backends are throttled, and after that the largest statement is cancelled (--protect full)',
    ],
    [
      { leftBytes: 0, exhaustionMs: 0, protect: 'throttle' },
      { ...FULL, fields: { ...FULL.fields, leftBytes: 0, protect: 'throttle' } },
      'memory nears exhaustion at the largest size: 0 B left; then the fastest-growing backends are throttled for a while, and after that the OOM killer ends a process (--protect throttle)',
    ],
    [
      { exhaustionMs: Infinity, protect: 'observe' },
      { ...FULL, fields: { ...FULL.fields, protect: 'observe' } },
      'memory nears exhaustion at the largest size: 180 MiB left; then the OOM killer ends a process (--protect observe)',
    ],
  ])('of %j has what is left, and what follows', (changes, line, sentence) => {
    expect(endingLine({ ...ENDING, ...changes })).toMatchObject({ level: 'warn', ...line });
    expect(sentenceOf(endingLine({ ...ENDING, ...changes }), MONITOR_WORDS)).toBe(sentence);
  });
});
