/** Logs as text: events decoded, and folded again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMonitorCore,
  decodeAgentEvent,
  decodeAgentLine,
  decodeEvent,
  decodeLine,
  openAgentLog,
  openMonitorLog,
  replay,
  ReplayError,
} from '../../../machines/core';

const golden = (name: string): string => readFileSync(join(__dirname, '../../replay', `${name}.ndjson`), 'utf8');
const LOG = golden('ladder-old-agent');
const LINES = LOG.trimEnd().split('\n');

describe('decoding', () => {
  it('takes an event alone or in its line, as text or as an object, and old words for those of today', () => {
    const event = { type: 'resend.due' };
    const line = { v: 2, seq: 7, at: 1, event };
    expect([event, line, JSON.stringify(event), JSON.stringify(line)].map(decodeEvent)).toEqual(Array(4).fill(event));
    expect(decodeLine({ v: 1, seq: 7, at: 1, event: { type: 'hold.over' } })).toEqual({
      ...line,
      event: { type: 'throttle.over' },
    });
  });

  it("takes an agent's likewise", () => {
    const event = { type: 'health.due', vm: 'a' };
    expect(decodeAgentEvent(event)).toEqual(event);
    expect(decodeAgentLine({ v: 2, seq: 7, at: 1, event }).event).toEqual(event);
    expect(() => decodeAgentEvent({ type: 'health.due' })).toThrow(TypeError);
  });

  it.each([
    ['garbage', /^not JSON: garbage$/],
    [null, /^expected one of the known types, found null$/],
    [{ type: 'cat.fed' }, /^expected one of the known types, found \{"type":"cat.fed"\}$/],
    [{ v: 3, seq: 1, at: 0, event: {} }, /^format version 3 is not known/],
    ['['.repeat(10_000), /more than 64 levels$/],
  ])('refuses %j', (value, message) => {
    expect(() => decodeEvent(value)).toThrow(TypeError);
    expect(() => decodeEvent(value)).toThrow(message);
  });
});

describe('replay', () => {
  it.each([
    'ladder-denied-then-granted',
    'ladder-downscale-refused-then-allowed',
    'ladder-old-agent',
    'ladder-protection',
    'ladder-restart',
    'agent',
  ])('folds %s as it was decided', (name) => {
    const { events, decisions, divergences, redecided, decided, differences } = replay(golden(name));
    expect(events).toBe(golden(name).trimEnd().split('\n').length);
    expect({ divergences, redecided, differences }).toEqual({ divergences: 0, redecided: 0, differences: [] });
    expect(decided).toHaveLength(decisions);
    expect(decisions).toBeGreaterThan(0);
  });

  it.each([
    ['upscale-granted', 2],
    ['protection', 2],
  ])('counts what is decided otherwise today in the older log %s', (name, before) => {
    const { events, decisions, divergences, redecided, differences } = replay(golden(name));
    expect(events).toBe(golden(name).trimEnd().split('\n').length);
    expect(decisions).toBeGreaterThanOrEqual(before);
    expect(divergences + redecided).toBeGreaterThan(0);
    expect(differences[0]).toMatchObject({ kind: 'different', expected: { type: 'size.decided' } });
  });

  it('takes lines one by one, and of a text leaves out the torn last one', () => {
    const whole = replay(LOG);
    expect(replay(LINES)).toEqual(whole);
    expect(replay(new Set(LINES))).toEqual(whole);
    expect(replay(`${LOG}{"v":2,"se`)).toEqual(whole);
  });

  it('shows where a log says something else', () => {
    const changed = LOG.replace('"type":"size.decided","desired":{"cpu":', '"type":"size.decided","desired":{"cpu":1');
    const { divergences, redecided, differences } = replay(changed);
    expect(divergences + redecided).toBe(1);
    expect(differences).toMatchObject([{ kind: 'different', expected: { type: 'size.decided' } }]);
  });

  it.each([
    ['an empty log', '', /^the log holds no whole line$/],
    ['a log without its head', LINES.slice(1), /^line 1: a segment begins with log.opened: /],
    ['a line that is no JSON', [...LINES.slice(0, 3), 'x'], /^line 4: not JSON: x$/],
    ['a missing line', [...LINES.slice(0, 3), ...LINES.slice(4)], /^line 4: seq 5 follows 3: a line is missing$/],
  ])('refuses %s', (_, lines, message) => {
    expect(() => replay(lines)).toThrow(ReplayError);
    expect(() => replay(lines)).toThrow(message);
  });
});

it('the core of a log, given its inputs, gives its outputs', () => {
  const [first, ...rest] = LINES.map(decodeLine);
  if (first?.event.type !== 'log.opened') throw new Error('the log has no head');
  const core = openMonitorLog(first.event);
  let state = core.initial;
  const awaited: unknown[] = [];
  for (const { at, event } of rest) {
    if (event.type === 'log.opened') continue;
    if (event.type === 'size.decided' || event.type === 'command.issued' || event.type === 'frame.sent') {
      expect(awaited.shift()).toEqual(event);
      continue;
    }
    const step = core.step(state, at, event);
    state = step.state;
    awaited.push(...step.outputs);
  }
  expect(awaited).toEqual([]);
  expect(core.explain(state).why).not.toBe(createMonitorCore().explain(createMonitorCore().initial).why);
});

it('the core of an agent’s log has its VMs', () => {
  const first = decodeAgentLine(golden('agent').split('\n', 1)[0]);
  if (first.event.type !== 'log.opened') throw new Error('the log has no head');
  expect(Object.keys(openAgentLog(first.event).initial.vms)).not.toEqual([]);
});
