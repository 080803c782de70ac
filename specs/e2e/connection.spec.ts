/** Who is the agent: handshakes, replacement, refusals (rule R8). */
import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nextReplyText } from '../support/monitor-frames';
import { tempDir } from '../support/event-log';
import { startTestMonitor, stopMonitors } from '../support/monitor';
import { closeOf, connectAgent, openSocket, RANGE_V1_1, type TestAgent } from '../support/test-agent';

afterEach(stopMonitors);

const expectServed = async (agent: TestAgent): Promise<void> => {
  agent.send({ type: 'HealthCheck', content: {}, id: 12 });
  expect(await nextReplyText(agent)).toBe('{"type":"HealthCheck","id":12}');
};

describe('negotiation', () => {
  it.each([
    ['1.1', RANGE_V1_1, { version: 2, features: ['scale-request'] }],
    ['1.0', { min: 1, max: 1 }, { version: 1 }],
    ['1.0', { min: 1, max: 2 }, { version: 1 }],
  ] as const)('agrees on %s with %j', async (version, range, reply) => {
    const { agent, first } = await startTestMonitor();
    const connected = await agent({ range });
    const { event } = await first('agent.connected');
    expect(event).toMatchObject({ version });
    expect(connected.reply).toEqual({ ...reply, conn: event.conn });
    await expectServed(connected);
  });

  it.each([
    ['nonsense', /not JSON/],
    ['{"min":7,"max":9}', /does not overlap/],
    ['{"min":2,"max":1}', /min must not be above max/],
    ['{"min":1}', /max must be .*nothing/],
  ])('answers %s by an error, closes 1002, and goes on', async (range, error) => {
    const { agent, url, first } = await startTestMonitor();
    const socket = await openSocket(url);
    const closed = closeOf(socket);
    const answered = once(socket, 'message');
    socket.send(range);
    expect(JSON.parse(String((await answered)[0]))).toEqual({ error: expect.stringMatching(error) as string });
    expect(await closed).toMatchObject({ code: 1002 });
    expect((await first('handshake.failed')).event.reason).toMatch(error);
    await expectServed(await agent());
  });

  it('closes 1002 on a peer that says nothing for 4 s, while the agent is served', async () => {
    const { agent, url } = await startTestMonitor();
    const closed = closeOf(await openSocket(url));
    await expectServed(await agent());
    expect(await closed).toMatchObject({ code: 1002, reason: expect.stringMatching(/4000 ms/) as string });
  });
});

describe('a newcomer', () => {
  it('replaces the old connection, which is told so by a Close frame', async () => {
    const { agent, next } = await startTestMonitor();
    const [old, newcomer] = [await agent(), await agent()];
    expect(await old.closed).toEqual({ code: 1000, reason: 'replaced by a newer connection' });
    await expectServed(newcomer);
    const lost = next('agent.lost');
    await newcomer.close();
    expect((await lost).event.conn).toBe(newcomer.reply.conn);
  });

  it('that fails its handshake replaces nobody', async () => {
    const { agent, url, first } = await startTestMonitor();
    const old = await agent();
    const newcomer = await openSocket(url);
    const closed = closeOf(newcomer);
    newcomer.send('{"min":9,"max":9}');
    expect(await closed).toMatchObject({ code: 1002 });
    await first('handshake.failed');
    await expectServed(old);
  });
});

describe('what the HTTP checks refuse', () => {
  const UPGRADE = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };

  it.each([
    [404, 'GET', '/', UPGRADE],
    [404, 'POST', '/elsewhere', {}],
    [405, 'POST', '/monitor', UPGRADE],
    [400, 'GET', '/monitor', {}],
    [400, 'GET', '/monitor', { ...UPGRADE, 'Sec-WebSocket-Version': '8' }],
  ])('%d for %s %s', async (status, method, path, headers) => {
    const { monitor } = await startTestMonitor();
    const { host, port } = monitor.address;
    const sent = request({ host, port, path, method, headers }).end();
    // `once` does not know the types of an event's values.
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(status);
  });

  it('401 without the right token; the token is not in the log', async () => {
    const file = join(tempDir(), 'token');
    await writeFile(file, 'open-sesame\n');
    const { url, events } = await startTestMonitor({ options: { agentTokenFile: file } });
    await expect(connectAgent(url)).rejects.toThrow('HTTP 401');
    await expect(connectAgent(url, { token: 'guess' })).rejects.toThrow('HTTP 401');
    const agent = await connectAgent(url, { token: 'open-sesame' });
    agent.send({ type: 'InternalError', content: { error: 'my token is open-sesame' }, id: 2 });
    await expectServed(agent);
    expect(JSON.stringify(events)).toContain('my token is ***');
    expect(JSON.stringify(events)).not.toContain('open-sesame');
  });

  it('403 for a peer that is not allowed', async () => {
    const { url } = await startTestMonitor({ options: { allowPeer: ['10.0.0.0/8'] } });
    await expect(connectAgent(url)).rejects.toThrow('HTTP 403');
  });

  it('403 for an Origin that is not allowed', async () => {
    const { url } = await startTestMonitor({ options: { allowOrigin: 'https://inspector.example' } });
    await expect(connectAgent(url, { origin: 'https://evil.example' })).rejects.toThrow('HTTP 403');
    await expectServed(await connectAgent(url, { origin: 'https://inspector.example' }));
  });
});
