import { connect } from 'node:net';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { closeOf, connectAgent, openSocket, RANGE_V1_1 } from '../../../support/test-agent';
import { startLink, stopLinks } from './support';

afterEach(stopLinks);

const firstFrame = async (socket: WebSocket): Promise<string> => {
  const [data] = (await once(socket, 'message')) as [Buffer];
  return data.toString('utf8');
};

describe('a handshake that succeeds', () => {
  it('is answered with the version and the nonce of the connection, and told', async () => {
    const { url, told, first } = await startLink();
    const agent = await connectAgent(url);
    const { conn, peer } = await first('agent.connected');
    expect(conn).toMatch(/^[0-9a-f]{16}$/);
    expect(agent.reply).toEqual({ version: 1, conn });
    expect(told).toEqual([
      { type: 'handshake.started', conn, peer },
      { type: 'agent.connected', conn, peer, version: '1.0' },
    ]);
  });

  it('agrees on v1.1 with an agent that has the feature', async () => {
    const { url, first } = await startLink();
    const agent = await connectAgent(url, { range: RANGE_V1_1 });
    const { conn, version } = await first('agent.connected');
    expect(version).toBe('1.1');
    expect(agent.reply).toEqual({ version: 2, features: ['scale-request'], conn });
  });

  it('sends the version reply before agent.connected is told, so that a frame sent then comes second', async () => {
    const { url, link } = await startLink();
    link.events.subscribe((event) => {
      if (event.type === 'agent.connected') link.send(event.conn, 'second');
    });
    const agent = await connectAgent(url);
    expect(agent.reply.version).toBe(1);
    expect(await agent.next()).toBe('second');
  });

  it('loses no frame that comes in one segment with the range', async () => {
    const { url, port, told, first } = await startLink();
    const raw = connect(port, '127.0.0.1');
    const socket = new WebSocket(url, { createConnection: () => raw });
    await once(socket, 'open');
    // Corked, the three frames leave in one write.
    raw.cork();
    for (const text of ['{"min":1,"max":1}', 'one', 'two']) socket.send(text);
    raw.uncork();
    socket.close();
    await first('agent.lost');
    expect(told.map((event) => ('text' in event ? event.text : event.type))).toEqual([
      'handshake.started',
      'agent.connected',
      'one',
      'two',
      'agent.lost',
    ]);
  });

  it('gives every connection a nonce of its own', async () => {
    const { url, told } = await startLink();
    await connectAgent(url);
    await connectAgent(url);
    expect(new Set(told.map(({ conn }) => conn)).size).toBe(2);
  });
});

describe('a handshake that fails is answered with an error, closed with 1002 and told', () => {
  it.each([
    ['garbage', 'hello', 'malformed protocol version range: not JSON'],
    ['no overlap', '{"min":7,"max":9}', 'Received protocol version range <unknown: 7> to <unknown: 9>'],
    ['version zero', '{"min":0,"max":0}', 'Received protocol version range <invalid: zero> which does not overlap'],
    [
      'a frame of another kind',
      '{"type":"HealthCheck","content":{},"id":2}',
      'malformed protocol version range: min must be',
    ],
    ['a binary frame', Buffer.from('{"min":1,"max":1}'), 'the protocol version range must be a text frame'],
  ])('%s', async (_name, frame, error) => {
    const { url, told, first } = await startLink();
    const socket = await openSocket(url);
    const closed = closeOf(socket);
    socket.send(frame);
    expect(JSON.parse(await firstFrame(socket))).toEqual({ error: expect.stringContaining(error) as string });
    expect(await closed).toEqual({ code: 1002, reason: expect.stringContaining(error.slice(0, 60)) as string });
    const { reason } = await first('handshake.failed');
    expect(reason).toContain(error);
    expect(told.map(({ type }) => type)).toEqual(['handshake.started', 'handshake.failed']);
  });

  it('silence', async () => {
    const { url, first } = await startLink({}, { handshakeMs: 50 });
    const socket = await openSocket(url);
    const closed = closeOf(socket);
    expect(await firstFrame(socket)).toBe('{"error":"no protocol version range within 50 ms"}');
    expect((await closed).code).toBe(1002);
    expect((await first('handshake.failed')).reason).toBe('no protocol version range within 50 ms');
  });

  it('a peer that leaves before it has said anything is told once', async () => {
    const { url, told, first } = await startLink();
    const socket = await openSocket(url);
    socket.close(1000, 'changed my mind');
    expect((await first('handshake.failed')).reason).toBe('closed by the agent: 1000 changed my mind');
    expect(told.map(({ type }) => type)).toEqual(['handshake.started', 'handshake.failed']);
  });

  it('a frame over 64 KiB closes with 1009', async () => {
    const { url, first } = await startLink();
    const socket = await openSocket(url);
    const closed = closeOf(socket);
    socket.send('x'.repeat(65_537));
    expect((await closed).code).toBe(1009);
    expect((await first('handshake.failed')).reason).toBe('websocket error: Max payload size exceeded');
  });

  it('frames behind a bad range are not told', async () => {
    const { url, told } = await startLink();
    const socket = await openSocket(url);
    const closed = closeOf(socket);
    socket.send('garbage');
    socket.send('{"min":1,"max":1}');
    await closed;
    expect(told.map(({ type }) => type)).toEqual(['handshake.started', 'handshake.failed']);
  });
});

describe('half-open handshakes', () => {
  it('leave a connected agent alone', async () => {
    const { url, first, told } = await startLink({}, { handshakeMs: 1_000 });
    const agent = await connectAgent(url);
    const silent = 8;
    const sockets = await Promise.all(Array.from({ length: silent }, () => openSocket(url)));
    await Promise.all(sockets.map(closeOf));
    agent.send('still here');
    expect((await first('frame.received')).text).toBe('still here');
    expect(told.filter(({ type }) => type === 'handshake.failed')).toHaveLength(silent);
    expect(told.filter(({ type }) => type === 'agent.lost')).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['half a header', 'GET /monitor HTTP/1.1\r\nHost: x\r\nX-Slow: '],
  ])('a TCP peer that sends %s is dropped', async (_name, bytes) => {
    const { port } = await startLink({}, { handshakeMs: 100 });
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    socket.resume();
    await once(socket, 'close');
    expect(socket.bytesWritten).toBe(bytes.length);
  });
});
