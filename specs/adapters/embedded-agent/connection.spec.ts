import { once } from 'node:events';
import { decodeFrame } from '../../../machines/protocol/decode';
import { startFakeMonitor, type FakeMonitor } from '../../support/fake-monitor';
import { startLink, stopLinks } from '../agent-link/support';
import { startAgent, stopAgents, units } from './support';

let monitor: FakeMonitor;
beforeEach(async () => {
  monitor = await startFakeMonitor();
});
afterEach(async () => {
  await stopAgents();
  await stopLinks();
  await monitor.stop();
});

describe('the handshake', () => {
  it('offers v1.0 to v1.1 and begins with the size and its bounds', async () => {
    const { nth } = startAgent(monitor.url, { token: 's3cret' });
    const side = await monitor.accept();
    expect(side.authorization).toBe('Bearer s3cret');
    expect(await side.nextText()).toBe('{"min":1,"max":2,"features":["scale-request"]}');
    side.send({ version: 2, features: ['scale-request'], conn: '00ff' });
    expect(await nth(1, 'connected')).toEqual({ type: 'connected', version: '1.1' });
    expect(await side.nextText()).toBe(
      JSON.stringify({
        content: { granted: units(2), min: units(1), max: units(8), unit: units(1) },
        type: 'VmInfo',
        id: 2,
      }),
    );
  });

  it('agrees on v1.1 with the link of the monitor', async () => {
    const link = await startLink({ token: 's3cret' });
    startAgent(link.url, { token: 's3cret' });
    expect((await link.first('agent.connected')).version).toBe('1.1');
    const { text } = await link.first('frame.received');
    expect(decodeFrame(text)).toMatchObject({ right: { type: 'VmInfo', granted: { cpu: 0.5, mem: '2147483648' } } });
    await stopAgents();
    expect((await link.first('agent.lost')).reason).toBe('closed by the agent: 1000 the agent stops');
  });

  it('without agreement ends, and is tried again', async () => {
    const { nth } = startAgent(monitor.url);
    const first = await monitor.accept();
    await first.nextText();
    first.send({ error: 'no overlap' });
    expect((await nth(1, 'disconnected')).reason).toBe('no version agreed: {"error":"no overlap"}');
    await monitor.acceptAgent();
    expect((await nth(1, 'connected')).version).toBe('1.1');
  });

  it('with a silent monitor ends', async () => {
    const { nth } = startAgent(monitor.url, {}, { handshakeMs: 50 });
    await monitor.accept();
    expect((await nth(1, 'disconnected')).reason).toBe('no version reply within 50 ms');
  });
});

describe('a connection', () => {
  it('is kept alive by health checks with even ids', async () => {
    startAgent(monitor.url, {}, { healthCheckMs: 10 });
    const side = await monitor.acceptAgent();
    await side.nextText();
    for (const id of [4, 6, 8, 10, 12]) {
      expect(await side.nextText()).toBe(`{"content":{},"type":"HealthCheck","id":${id}}`);
      side.send({ type: 'HealthCheck', id });
    }
  });

  it('whose health checks stay unanswered is given up', async () => {
    const { nth } = startAgent(monitor.url, {}, { healthCheckMs: 10 });
    const side = await monitor.acceptAgent();
    expect((await nth(1, 'disconnected')).reason).toBe('3 health checks unanswered');
    expect(side.socket.readyState).not.toBe(side.socket.CONNECTING);
  });

  it('survives frames that make no sense', async () => {
    const { nth } = startAgent(monitor.url);
    const side = await monitor.acceptAgent();
    await side.next();
    side.socket.send('{"type":');
    expect(await nth(1, 'trouble')).toEqual({ type: 'trouble', error: 'unreadable frame: {"type":' });
    side.send({ type: 'ScaleRequest', target: { cpu: 'all' }, id: 3 });
    expect((await nth(2, 'trouble')).error).toContain('unreadable frame: {"type":"ScaleRequest"');
    side.send({ type: 'DownscaleResult', Ok: true, Status: 'nobody asked', id: 2 });
    side.send({ type: 'ScaleRequest', target: units(3), id: 5 });
    expect(await side.next()).toMatchObject({ type: 'UpscaleNotification' });
  });
});

describe('when the monitor goes away', () => {
  it('the agent comes back with ids from 2, the size it had and no memory of the wish', async () => {
    const { nth, told } = startAgent(monitor.url, { grantUpMs: 20 });
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: units(4), id: 3 });
    await nth(1, 'wished');
    side.socket.close(1012, 'restart');
    expect(await nth(1, 'disconnected')).toEqual({
      type: 'disconnected',
      reason: 'closed: 1012 restart',
      retryInMs: 10,
    });
    const again = await monitor.acceptAgent();
    expect(await again.next()).toMatchObject({ type: 'VmInfo', id: 2, content: { granted: units(2) } });
    again.send({ type: 'ScaleRequest', target: units(3), id: 3 });
    expect(await again.next()).toMatchObject({ type: 'UpscaleNotification', id: 4, content: { granted: units(3) } });
    expect(told.filter(({ type }) => type === 'granted')).toHaveLength(1);
  });

  it('an approved shrink is done at once', async () => {
    const { nth } = startAgent(monitor.url, { grantDownMs: 60_000 });
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: units(1), id: 3 });
    const { id } = await side.next();
    side.send({ type: 'DownscaleResult', Ok: true, Status: '', id });
    side.socket.close();
    await nth(1, 'disconnected');
    const again = await monitor.acceptAgent();
    expect(await again.next()).toMatchObject({ type: 'VmInfo', content: { granted: units(1) } });
  });

  it('attempts follow each other with a wait that doubles up to the longest, and begins anew after a connect', async () => {
    const { port } = monitor;
    await monitor.stop();
    const { nth, told } = startAgent(monitor.url);
    await nth(4, 'disconnected');
    monitor = await startFakeMonitor(port);
    (await monitor.acceptAgent()).socket.terminate();
    await nth(1, 'connected');
    // All that was told before are failed attempts.
    const before = told.findIndex(({ type }) => type === 'connected');
    const waits = told.flatMap((event) => (event.type === 'disconnected' ? [event.retryInMs] : []));
    expect(waits.slice(0, 4)).toEqual([10, 20, 40, 40]);
    const lost = await nth(before + 1, 'disconnected');
    expect(lost.retryInMs).toBe(10);
  });
});

describe('stop', () => {
  it('closes the connection with a Close frame and comes back no more', async () => {
    const { agent, told } = startAgent(monitor.url);
    const side = await monitor.acceptAgent();
    const closed = once(side.socket, 'close');
    await agent.stop();
    const [code] = (await closed) as [number];
    expect(code).toBe(1000);
    expect(told.filter(({ type }) => type === 'disconnected')).toEqual([]);
  });

  it('ends while it connects and while it waits for the next attempt', async () => {
    const connecting = startAgent(monitor.url);
    await connecting.agent.stop();
    const { port } = monitor;
    await monitor.stop();
    const waiting = startAgent(`ws://127.0.0.1:${port}/monitor`, {}, { firstRetryMs: 60_000 });
    await waiting.nth(1, 'disconnected');
    await waiting.agent.stop();
    await waiting.agent.stop();
    monitor = await startFakeMonitor();
    expect(connecting.told).toEqual([]);
    expect(waiting.told).toHaveLength(1);
  });
});
