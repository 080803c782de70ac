/** Replies to what an agent sends, good and bad. */
import { SECOND_MS } from '../../../../machines/shared/units';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Story } from '../../../support/scenario';
import { matching } from '../../../support/matching';

afterEach(expectRulesKept);

const connected = (): Story => story().beat().connects().waits(200);
const rawReply = (told: Story): string =>
  told.steps
    .at(-1)!
    .step.outputs.flatMap((output) => (output.type === 'frame.sent' ? [output.text] : []))
    .join();

describe('an agent that is asked nothing', () => {
  it('has its health check returned with the same id, digit for digit', () => {
    const told = connected().hears('{"content":{},"type":"HealthCheck","id":18446744073709551615}');
    expect(rawReply(told)).toBe('{"type":"HealthCheck","id":18446744073709551615}');
  });

  it('has its notification confirmed with the same id, digit for digit', () => {
    const told = connected().hears(
      '{"content":{"granted":{"cpu":0.5,"mem":2147483648}},"type":"UpscaleNotification","id":9007199254740993}',
    );
    expect(rawReply(told)).toBe('{"type":"UpscaleConfirmation","id":9007199254740993}');
  });

  it.each(['InvalidMessage', 'InternalError'])('gets no answer to its %s', (type) => {
    const told = connected().say(type, { error: 'oops' }, 0, 77);
    expect(rawReply(told)).toBe('');
  });

  it('gets no answer to a VmInfo, which replaces what was guessed', () => {
    const told = connected().say('VmInfo', { granted: units(3), max: units(6), etaMs: 700 });
    expect(told.state.statechart.context).toMatchObject({ granted: units(3), agentMax: units(6), etaMs: 700 });
    told.say('VmInfo', {});
    expect(told.state.statechart.context).toMatchObject({ granted: units(3), agentMax: units(6), etaMs: 700 });
    expect(told.sent().filter(({ type }) => type !== 'ScaleRequest')).toEqual([]);
  });

  it.each([
    ['negative', -5000, 0],
    ['beyond a minute', 1e12, 60_000],
  ])('a time of arrival that is %s is cut', (_, etaMs, cutMs) => {
    const told = connected().say('VmInfo', { etaMs }).runs(SECOND_MS);
    expect(told.state.domain.recommendation?.parts['grantUpMs']).toBe(cutMs);
  });
});

describe('malformed frames', () => {
  it.each([
    ['no JSON', 'garbage', /not JSON/],
    ['an unknown type', '{"type":"Hello","id":5,"content":{}}', /unknown type: "Hello"/],
    ['a missing field', '{"type":"UpscaleNotification","id":5,"content":{}}', /granted/],
  ])('%s: answered with what was wrong, and the agent stays', (_, text, error) => {
    const told = connected().hears(text);
    expect(told.sent('InvalidMessage')).toMatchObject([{ error: matching(error) }]);
    expect(told.state.statechart.context.conn?.id).toBe('conn-1');
  });

  it('as binary: answered too', () => {
    const told = connected().input({ type: 'frame.received', conn: 'conn-1', text: '', binary: true });
    expect(told.sent('InvalidMessage')).toMatchObject([{ id: 0, error: matching(/binary frame/) }]);
  });

  it('ten within ten seconds are answered, the eleventh closes with 1008', () => {
    const told = connected();
    for (let i = 0; i < 10; i += 1) told.waits(900).hears('garbage');
    expect(told.sent('InvalidMessage')).toHaveLength(10);
    expect(told.commands('connection.close')).toEqual([]);
    told.waits(900).hears('garbage');
    expect(told.commands('connection.close')).toMatchObject([{ conn: 'conn-1', code: 1008 }]);
  });

  it('at one a second are answered for ever', () => {
    const told = connected();
    for (let i = 0; i < 30; i += 1) told.waits(1000).hears('garbage');
    expect(told.sent('InvalidMessage')).toHaveLength(30);
    expect(told.commands('connection.close')).toEqual([]);
  });

  it('of a former connection do not count against the next', () => {
    const told = connected();
    for (let i = 0; i < 10; i += 1) told.hears('garbage');
    told.loses().connects().waits(200);
    for (let i = 0; i < 10; i += 1) told.hears('garbage');
    expect(told.commands('connection.close')).toEqual([]);
  });
});
