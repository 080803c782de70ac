/** A recorded log folds to the same decisions; whatever was changed in it is found. */
import type { Envelope, LoggedEvent } from '../../../../machines/monitor/events/logged';
import type { LogOpened } from '../../../../machines/shared/events/envelope';
import type { SampleTaken } from '../../../../machines/monitor/events/inputs';
import { isOutput, type OutputEvent, type SizeDecided } from '../../../../machines/monitor/events/outputs';
import { ReplayError, type Divergence } from '../../../../machines/shared/core/replay';
import { monitorReplay } from '../../../../machines/monitor/engine/replay';
import { GIB, MIB, SECOND_MS } from '../../../../machines/shared/units';
import { obeying } from '../../../support/agents';
import { expectRulesKept, story, type Story } from '../../../support/scenario';
import { headOf, logOf, STORY_BUILD } from '../../../support/story-log';

afterEach(expectRulesKept);

interface Replayed {
  readonly divergences: Divergence<OutputEvent>[];
  readonly decisions: { readonly at: number; readonly decided: SizeDecided }[];
}

const replayed = (log: readonly Envelope[]): Replayed => {
  const replay = monitorReplay(STORY_BUILD);
  // As a log on disk: every line goes through JSON.
  const taken = log.map((line) => replay.take(JSON.parse(JSON.stringify(line)) as Envelope));
  return {
    divergences: taken.flatMap(({ divergences }) => divergences),
    decisions: taken.flatMap(({ decided }, i) => (decided?.type === 'size.decided' ? { at: log[i]!.at, decided } : [])),
  };
};

const ramp = (): Story =>
  story()
    .connects('1.1', obeying)
    .runs(2 * SECOND_MS)
    .runs(3 * SECOND_MS, (ms) => ({ useBytes: 512 * MIB + (ms * MIB) / 2 }));

const lineOf = (log: readonly Envelope[], type: LoggedEvent['type'], nth = 0): number =>
  log.flatMap(({ event }, i) => (event.type === type ? [i] : []))[nth]!;

/** The line of the last output of the first step that has any. */
const lastOutput = (log: readonly Envelope[]): number =>
  log.findIndex(({ event }, i) => isOutput(event) && !isOutput(log[i + 1]!.event));

const changed = (log: readonly Envelope[], line: number, event: LoggedEvent): Envelope[] =>
  log.map((envelope, i) => (i === line ? { ...envelope, event } : envelope));

const without = (log: readonly Envelope[], line: number): Envelope[] => log.filter((_, i) => i !== line);

describe('a log as it was written', () => {
  it('shows no divergence, and its decisions', () => {
    const told = ramp();
    const { divergences, decisions } = replayed(logOf(told));
    expect(divergences).toEqual([]);
    expect(decisions.map(({ at, decided }) => ({ at, ...decided }))).toEqual(told.decisions());
  });

  it('may begin at any later segment', () => {
    const told = ramp();
    const log = logOf(told, headOf(told), 20);
    expect(replayed(log).divergences).toEqual([]);
    const second = log.slice(lineOf(log, 'log.opened', 1));
    expect(replayed(second).divergences).toEqual([]);
    expect(replayed(second).decisions.length).toBeGreaterThan(0);
  });

  it('does not depend on the order of keys', () => {
    const log = logOf(ramp());
    const line = lineOf(log, 'size.decided');
    const reordered = Object.fromEntries(Object.entries(log[line]!.event).reverse()) as LoggedEvent;
    expect(replayed(changed(log, line, reordered)).divergences).toEqual([]);
  });
});

describe('a log that was changed', () => {
  it('in an output: that line is different', () => {
    const log = logOf(ramp());
    const line = lineOf(log, 'size.decided', 1);
    const logged = { ...log[line]!.event, desired: { cpu: 99, mem: GIB } } as LoggedEvent;
    expect(replayed(changed(log, line, logged)).divergences).toMatchObject([
      { seq: line + 1, kind: 'different', logged, expected: log[line]!.event, otherBuild: false },
    ]);
  });

  it('in the order of two outputs: both are different', () => {
    const log = logOf(ramp());
    const line = log.findIndex(({ event }, i) => isOutput(event) && isOutput(log[i + 1]!.event));
    const swapped = changed(changed(log, line, log[line + 1]!.event), line + 1, log[line]!.event);
    expect(replayed(swapped).divergences.map(({ kind }) => kind)).toEqual(['different', 'different']);
  });

  it('by leaving out an output: it is missing at the next input', () => {
    const log = logOf(ramp());
    const line = lastOutput(log);
    const { divergences } = replayed(without(log, line));
    expect(divergences).toMatchObject([{ seq: line + 2, kind: 'missing', expected: log[line]!.event, logged: null }]);
  });

  it('by an output too many: it is extra', () => {
    const log = logOf(ramp());
    const line = lastOutput(log);
    const extra: Envelope = { v: 2, seq: 0, at: 0, event: { type: 'frame.sent', conn: 'x', text: '{}' } };
    expect(replayed([...log.slice(0, line + 1), extra, ...log.slice(line + 1)]).divergences).toMatchObject([
      { kind: 'extra', expected: null, logged: extra.event },
    ]);
  });

  it('in an input that decides: the decision is different', () => {
    const log = logOf(ramp());
    const line = lineOf(log, 'size.decided', 1) - 1;
    const sample = log[line]!.event as SampleTaken;
    const memory = { ...sample.readings.memory!, availableBytes: 300 * MIB };
    const { divergences } = replayed(changed(log, line, { ...sample, readings: { ...sample.readings, memory } }));
    expect(divergences[0]).toMatchObject({
      kind: 'different',
      expected: { type: 'size.decided' },
      logged: log[line + 1]!.event,
    });
  });

  it('by leaving out an input: what it brought is extra', () => {
    const log = logOf(ramp());
    const line = lineOf(log, 'sample.taken');
    const [first] = replayed(without(log, line)).divergences;
    expect(first).toMatchObject({ kind: 'extra', expected: null });
  });
});

describe('a log of another build', () => {
  it('is folded too; its divergences are marked as decided anew', () => {
    const told = ramp();
    const log = logOf(told, headOf(told, { build: 'older-build' }));
    expect(replayed(log).divergences).toEqual([]);
    const line = lineOf(log, 'size.decided');
    const logged = { ...log[line]!.event, reason: 'by another formula' } as LoggedEvent;
    expect(replayed(changed(log, line, logged)).divergences).toMatchObject([{ kind: 'different', otherBuild: true }]);
  });
});

describe('a log whose writing failed for a while', () => {
  const resumed = (told: Story, lost: number, withNote: Partial<LogOpened>): Envelope[] => {
    const whole = logOf(told, headOf(told), 20);
    const at = lineOf(whole, 'log.opened', 1);
    const opened = { ...whole[at]!.event, ...withNote } as LoggedEvent;
    return changed(whole, at, opened).filter((_, i) => i >= at || i < at - lost);
  };

  it('goes on from the state behind the gap, and misses nothing of the gap', () => {
    const told = ramp();
    expect(replayed(resumed(told, 10, { resumedAfter: 5 })).divergences).toEqual([]);
  });
});

describe('a log that cannot be folded', () => {
  const take = (event: LoggedEvent) => () => monitorReplay(STORY_BUILD).take({ v: 2, seq: 7, at: 0, event });

  it('without a head before its first input', () => {
    expect(take({ type: 'monitor.started' })).toThrow(new ReplayError('seq 7: no log.opened before it'));
  });

  it('with a configuration that this build does not know', () => {
    expect(take(headOf(story(), { config: { engine: { policy: 'crystal-ball' } } }))).toThrow(
      new ReplayError('seq 7: log.opened has no configuration that this build knows'),
    );
  });

  it('with a state that this build does not know', () => {
    expect(take(headOf(story(), { state: { much: 'else' } }))).toThrow(ReplayError);
  });
});
