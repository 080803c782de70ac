import { once } from 'node:events';
import { closeOf, connectAgent, openSocket } from '../../../support/test-agent';
import { startLink, stopLinks } from './support';
import { MAX_UNSENT_BYTES } from '../../../../adapters/monitor/agent-link/connection';

afterEach(stopLinks);

describe('frames after the handshake', () => {
  it('are told one by one, in order, with the connection they came from', async () => {
    const { url, told, first } = await startLink();
    const agent = await connectAgent(url);
    for (const text of ['one', '', '{"three":3}']) agent.send(text);
    await agent.close();
    const { conn } = await first('agent.lost');
    expect(told.slice(2, -1)).toEqual([
      { type: 'frame.received', conn, text: 'one' },
      { type: 'frame.received', conn, text: '' },
      { type: 'frame.received', conn, text: '{"three":3}' },
    ]);
  });

  it('that are binary are told without their content', async () => {
    const { url, first } = await startLink();
    const agent = await connectAgent(url);
    agent.socket.send(Buffer.from('{"type":"HealthCheck","content":{},"id":2}'));
    const { conn, ...rest } = await first('frame.received');
    expect(conn).toBe(agent.reply.conn);
    expect(rest).toEqual({ type: 'frame.received', text: '', binary: true });
  });

  it('go out to the connection that is named, and nowhere when it is gone', async () => {
    const { url, link } = await startLink();
    const [one, two] = [await connectAgent(url), await connectAgent(url)];
    link.send(two.reply.conn!, 'for two');
    link.send(one.reply.conn!, 'for one');
    link.send('0000000000000000', 'for nobody');
    expect(await one.next()).toBe('for one');
    expect(await two.next()).toBe('for two');
  });

  it('are told without the token', async () => {
    const { url, first, told } = await startLink({ token: 's3cret' });
    const agent = await connectAgent(url, { token: 's3cret' });
    agent.send('{"why":"s3cret, s3cret"}');
    expect((await first('frame.received')).text).toBe('{"why":"***, ***"}');
    agent.socket.close(4000, 'token s3cret expired');
    expect((await first('agent.lost')).reason).toBe('closed by the agent: 4000 token *** expired');
    const stranger = await openSocket(url, { token: 's3cret' });
    const closed = closeOf(stranger);
    stranger.send('{"min":"s3cret"}');
    await closed;
    expect((await first('handshake.failed')).reason).toContain('got "***"');
    expect(JSON.stringify(told)).not.toContain('s3cret');
  });

  it('over 64 KiB end the connection with 1009; exactly 64 KiB do not', async () => {
    const { url, first } = await startLink();
    const agent = await connectAgent(url);
    agent.send('x'.repeat(65_536));
    expect((await first('frame.received')).text).toHaveLength(65_536);
    agent.send('x'.repeat(65_537));
    expect((await agent.closed).code).toBe(1009);
    expect((await first('agent.lost')).reason).toBe('websocket error: Max payload size exceeded');
  });
});

describe('the end of a connection is told exactly once', () => {
  it('when the agent closes', async () => {
    const { url, link, told, first } = await startLink();
    const agent = await connectAgent(url);
    agent.socket.close(1001, 'moving');
    expect((await first('agent.lost')).reason).toBe('closed by the agent: 1001 moving');
    link.close(agent.reply.conn!, 1000, 'too late');
    await link.shutdown();
    expect(told.filter(({ type }) => type === 'agent.lost')).toHaveLength(1);
  });

  it('when the agent is gone without a Close frame', async () => {
    const { url, first } = await startLink();
    const agent = await connectAgent(url);
    agent.socket.terminate();
    expect((await first('agent.lost')).reason).toBe('connection broke (1006)');
  });

  it('when we close: the agent sees code and reason', async () => {
    const { url, link, first } = await startLink();
    const agent = await connectAgent(url);
    link.close(agent.reply.conn!, 1008, 'too many malformed frames');
    expect(await agent.closed).toEqual({ code: 1008, reason: 'too many malformed frames' });
    expect((await first('agent.lost')).reason).toBe('closed by us: 1008 too many malformed frames');
  });

  it('when we close and the agent does not answer the Close frame', async () => {
    const { url, link, first } = await startLink({}, { closeMs: 50 });
    const agent = await connectAgent(url);
    agent.socket.pause();
    link.close(agent.reply.conn!, 1000, 'replaced');
    expect((await first('agent.lost')).reason).toBe('closed by us: 1000 replaced');
  });

  it('with a reason cut to what fits into a Close frame', async () => {
    const { url, link } = await startLink();
    const agent = await connectAgent(url);
    link.close(agent.reply.conn!, 1000, 'ä'.repeat(100));
    expect((await agent.closed).reason).toBe('ä'.repeat(61));
  });

  it('while other connections stay', async () => {
    const { url, link, first } = await startLink();
    const [one, two] = [await connectAgent(url), await connectAgent(url)];
    link.close(one.reply.conn!, 1000, 'replaced by another agent');
    expect((await first('agent.lost')).conn).toBe(one.reply.conn);
    link.send(two.reply.conn!, 'you are the agent');
    expect(await two.next()).toBe('you are the agent');
  });
});

describe('silence', () => {
  it('is broken by a ping, and a pong keeps the connection', async () => {
    const { url, told } = await startLink({}, { pingAfterMs: 20, lostAfterMs: 500 });
    const agent = await connectAgent(url);
    for (let i = 0; i < 30; i += 1) await once(agent.socket, 'ping');
    expect(told.map(({ type }) => type)).toEqual(['handshake.started', 'agent.connected']);
  });

  it('without a pong is a lost agent', async () => {
    const { url, first } = await startLink({}, { pingAfterMs: 30, lostAfterMs: 90 });
    const agent = await connectAgent(url);
    agent.socket.pause();
    expect((await first('agent.lost')).reason).toBe('nothing received for 90 ms');
  });
});

describe('an agent that does not read', () => {
  it('is dropped when too many bytes wait for it', async () => {
    const { url, link, first } = await startLink();
    const agent = await connectAgent(url);
    agent.socket.pause();
    const lost = first('agent.lost');
    // What the kernel buffers does not count, so it takes a few times the limit.
    for (let i = 0; i < 32; i += 1) link.send(agent.reply.conn!, 'x'.repeat(MAX_UNSENT_BYTES / 2));
    expect((await lost).reason).toBe('the agent does not read: too many bytes wait');
  });
});

describe('shutdown', () => {
  it('closes all connections with 1001, frees the port and completes the events', async () => {
    const { url, link, told } = await startLink();
    const agent = await connectAgent(url);
    const halfOpen = closeOf(await openSocket(url));
    let completed = false;
    link.events.subscribe({ complete: () => (completed = true) });
    await link.shutdown();
    expect(await agent.closed).toEqual({ code: 1001, reason: 'the monitor stops' });
    expect((await halfOpen).code).toBe(1001);
    expect(told.map(({ type }) => type).sort()).toEqual([
      'agent.connected',
      'agent.lost',
      'handshake.failed',
      'handshake.started',
      'handshake.started',
    ]);
    expect(completed).toBe(true);
    await expect(openSocket(url)).rejects.toThrow('ECONNREFUSED');
  });

  it('does not wait for a peer that does not answer', async () => {
    const { url, link, first } = await startLink({}, { closeMs: 50 });
    const agent = await connectAgent(url);
    agent.socket.pause();
    await link.shutdown();
    expect((await first('agent.lost')).reason).toBe('closed by us: 1001 the monitor stops');
  });
});
