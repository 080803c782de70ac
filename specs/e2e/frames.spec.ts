/** How the monitor takes the frames of a real agent, good and bad ones. */
import { MIB } from '../../machines/shared/units';
import { nextReply, nextReplyText } from '../support/monitor-frames';
import { startTestMonitor, stopMonitors } from '../support/monitor';
import { RANGE_V1_1, type TestAgent } from '../support/test-agent';

afterEach(stopMonitors);

/** The monitor is there and answers. */
const expectHealthy = async (agent: TestAgent): Promise<void> => {
  agent.send({ type: 'HealthCheck', content: {}, id: 4242 });
  expect(await nextReplyText(agent)).toBe('{"type":"HealthCheck","id":4242}');
};

const frame = (type: string, content: object | string, id = 10): string =>
  `{"content":${typeof content === 'string' ? content : JSON.stringify(content)},"type":"${type}","id":${id}}`;

describe('ids and sizes beyond 2^53', () => {
  it.each([
    ['HealthCheck', '18446744073709551615', '{}', '{"type":"HealthCheck","id":18446744073709551615}'],
    [
      'UpscaleNotification',
      '9007199254740993',
      '{"granted":{"cpu":2,"mem":9223372036854775809}}',
      '{"type":"UpscaleConfirmation","id":9007199254740993}',
    ],
  ])('%s %s is answered digit for digit', async (type, id, content, answer) => {
    const agent = await (await startTestMonitor()).agent(RANGE);
    agent.send(`{"content":${content},"type":"${type}","id":${id}}`);
    expect(await nextReplyText(agent)).toBe(answer);
  });
});

const RANGE = { range: RANGE_V1_1 };

describe('a malformed frame is answered by InvalidMessage, and the connection stays', () => {
  it.each([
    ['bad JSON', '{"content":{},', 0, /not JSON/],
    ['no JSON at all', 'hello', 0, /not JSON/],
    ['an empty frame', '', 0, /not JSON/],
    ['no object', '[1,2]', 0, /must be an object/],
    ['an unknown type', frame('MakeCoffee', {}), 10, /unknown type: "MakeCoffee"/],
    ['a missing type', '{"content":{},"id":10}', 10, /type must be a string, got nothing/],
    [
      'a missing field',
      frame('UpscaleNotification', { granted: { cpu: 1 } }),
      10,
      /granted\.mem must be .*got nothing/,
    ],
    ['missing content', '{"type":"HealthCheck","id":10}', 10, /content must be an object, got nothing/],
    [
      'an ill-typed field',
      frame('DownscaleRequest', { target: { cpu: '1', mem: 1 } }),
      10,
      /target\.cpu must be .*"1"/,
    ],
    ['a fraction of a byte', frame('DownscaleRequest', { target: { cpu: 1, mem: 1.5 } }), 10, /target\.mem .*got 1\.5/],
    ['a negative size', frame('DownscaleRequest', { target: { cpu: 1, mem: -1 } }), 10, /target\.mem .*got -1/],
    ['an id that is no number', '{"content":{},"type":"HealthCheck","id":"7"}', 0, /id must be .*"7"/],
    ['no id', '{"content":{},"type":"HealthCheck"}', 0, /id must be .*got nothing/],
    ['a key twice', '{"content":{},"type":"HealthCheck","id":1,"id":2}', 0, /"id" stands twice/],
  ])('%s', async (_name, text, id, error) => {
    const agent = await (await startTestMonitor()).agent(RANGE);
    agent.send(text);
    expect(await nextReply(agent)).toEqual({
      type: 'InvalidMessage',
      id,
      error: expect.stringMatching(error) as string,
    });
    await expectHealthy(agent);
  });

  it('binary, which the log shows as such', async () => {
    const { agent, first } = await startTestMonitor();
    const connected = await agent(RANGE);
    connected.socket.send(Buffer.from('{"content":{},"type":"HealthCheck","id":10}'));
    expect(await nextReply(connected)).toMatchObject({
      type: 'InvalidMessage',
      id: 0,
      error: expect.stringMatching(/binary/) as string,
    });
    expect((await first('frame.received')).event).toMatchObject({ text: '', binary: true });
    await expectHealthy(connected);
  });
});

it('the eleventh malformed frame within ten seconds closes the connection by 1008', async () => {
  const { agent, first } = await startTestMonitor();
  const bad = await agent(RANGE);
  for (let i = 0; i < 11; i += 1) bad.send('nonsense');
  for (let i = 0; i < 11; i += 1) expect(await nextReply(bad)).toMatchObject({ type: 'InvalidMessage', id: 0 });
  expect(await bad.closed).toMatchObject({ code: 1008, reason: expect.stringMatching(/malformed/) as string });
  await first('agent.lost');
  await expectHealthy(await agent(RANGE));
});

it.each(['InvalidMessage', 'InternalError'])('%s of the agent is never answered', async (type) => {
  const agent = await (await startTestMonitor()).agent(RANGE);
  agent.send(frame(type, { error: 'no idea' }, 3));
  agent.send(frame(type, { error: 'no idea' }, 77));
  await expectHealthy(agent);
});

it('a frame over 64 KiB closes the connection by 1009, and the next one is served', async () => {
  const { agent, first } = await startTestMonitor();
  const long = await agent(RANGE);
  long.send(frame('InvalidMessage', { error: 'x'.repeat(64 * 1024) }));
  expect(await long.closed).toMatchObject({ code: 1009 });
  expect((await first('agent.lost')).event.reason).toMatch(/payload/i);
  await expectHealthy(await agent(RANGE));
});

it('a frame of just 64 KiB is taken', async () => {
  const agent = await (await startTestMonitor()).agent(RANGE);
  const padding = 64 * 1024 - frame('InvalidMessage', { error: '' }).length;
  agent.send(frame('InvalidMessage', { error: 'x'.repeat(padding) }));
  await expectHealthy(agent);
});

it.each([
  ['next to nothing', '{"cpu":5e-324,"mem":1}'],
  ['more CPUs than there are atoms', '{"cpu":1e308,"mem":1073741824}'],
  ['all the memory that 64 bits can name', '{"cpu":2,"mem":18446744073709551615}'],
])('a size that makes no sense but is well-formed does not stop the monitor: %s', async (_name, size) => {
  const { agent, tree, next } = await startTestMonitor();
  const connected = await agent(RANGE);
  connected.send(frame('VmInfo', `{"granted":${size},"min":${size},"max":${size},"unit":${size}}`));
  connected.send(frame('ScaleDenied', `{"target":${size},"reason":"why not"}`));
  connected.send(frame('UpscaleNotification', `{"granted":${size}}`));
  expect(await nextReply(connected)).toMatchObject({ type: 'UpscaleConfirmation' });
  connected.send(frame('DownscaleRequest', `{"target":${size}}`));
  expect(await nextReply(connected)).toMatchObject({ type: 'DownscaleResult' });
  tree.setMemAvailableBytes(100 * MIB);
  await next('sample.taken');
  await expectHealthy(connected);
});
