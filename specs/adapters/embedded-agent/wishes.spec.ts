import { decodeFrame } from '../../../machines/protocol/decode';
import { GIB } from '../../../machines/units';
import { startFakeMonitor, type FakeMonitor } from '../../support/fake-monitor';
import { startAgent, stopAgents, units } from './support';

let monitor: FakeMonitor;
beforeEach(async () => {
  monitor = await startFakeMonitor();
});
afterEach(async () => {
  await stopAgents();
  await monitor.stop();
});

describe('a wish up', () => {
  it('is granted in whole units after a while', async () => {
    const { nth } = startAgent(monitor.url);
    const side = await monitor.acceptAgent();
    expect(await side.next()).toMatchObject({ type: 'VmInfo', id: 2 });
    side.send({ type: 'ScaleRequest', target: { cpu: 0.6, mem: 2.5 * GIB }, id: 3 });
    expect(await nth(1, 'wished')).toEqual({ type: 'wished', target: { cpu: 0.6, mem: 2.5 * GIB } });
    expect(await side.next()).toEqual({ content: { granted: units(3) }, type: 'UpscaleNotification', id: 4 });
    expect(await nth(1, 'granted')).toEqual({ type: 'granted', size: units(3) });
  });

  it('beyond the maximum is granted in part and denied for the rest', async () => {
    const { nth } = startAgent(monitor.url);
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: units(9), id: 3 });
    expect(await side.next()).toEqual({ content: { granted: units(8) }, type: 'UpscaleNotification', id: 4 });
    const denied = { content: { target: units(9), reason: 'at the largest size' }, type: 'ScaleDenied' };
    expect(await side.next()).toEqual({ ...denied, id: 6 });
    expect(await nth(1, 'denied')).toEqual({ type: 'denied', target: units(9), reason: 'at the largest size' });
    side.send({ type: 'ScaleRequest', target: units(9), id: 5 });
    expect(await side.next()).toEqual({ ...denied, id: 8 });
  });

  it('is replaced by a newer one, which keeps the due time', async () => {
    const { told } = startAgent(monitor.url, { grantUpMs: 30 });
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: units(4), id: 3 });
    side.send({ type: 'ScaleRequest', target: units(6), id: 5 });
    expect(await side.next()).toMatchObject({ content: { granted: units(6) } });
    expect(told.filter(({ type }) => type === 'granted')).toHaveLength(1);
  });

  it('is cancelled by a wish for less', async () => {
    const { nth, told } = startAgent(monitor.url, { grantUpMs: 20, grantDownMs: 40 });
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: units(4), id: 3 });
    side.send({ type: 'ScaleRequest', target: units(1), id: 5 });
    const request = await side.next();
    expect(request).toMatchObject({ type: 'DownscaleRequest', content: { target: units(1) } });
    side.send({ type: 'DownscaleResult', Ok: true, Status: '', id: request.id });
    // Comes later than the growth would have come.
    expect((await nth(1, 'granted')).size).toEqual(units(1));
    expect(told.filter(({ type }) => type === 'granted')).toHaveLength(1);
  });

  it('without an amount means one unit more', async () => {
    startAgent(monitor.url);
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'UpscaleRequest', id: 3 });
    expect(await side.next()).toMatchObject({ type: 'UpscaleNotification', content: { granted: units(3) } });
  });
});

describe('a wish down', () => {
  it('is asked for, and granted only when the monitor approves', async () => {
    const { nth, told } = startAgent(monitor.url, { initial: units(4) });
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: units(2), id: 3 });
    const request = await side.next();
    expect(request).toEqual({ content: { target: units(2) }, type: 'DownscaleRequest', id: 4 });
    expect(told.filter(({ type }) => type === 'granted')).toEqual([]);
    side.send({ type: 'DownscaleResult', Ok: true, Status: 'fine', id: 4 });
    expect(await nth(1, 'granted')).toEqual({ type: 'granted', size: units(2) });
  });

  it('below the minimum stops at the minimum', async () => {
    startAgent(monitor.url);
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: { cpu: 0, mem: 0 }, id: 3 });
    expect(await side.next()).toMatchObject({ type: 'DownscaleRequest', content: { target: units(1) } });
  });

  it.each([
    ['denies it', { type: 'DownscaleResult', Ok: false, Status: 'in use' }, 'in use'],
    ['fails at it', { type: 'InternalError', error: 'failed to downscale' }, 'failed to downscale'],
    ['does not understand it', { type: 'InvalidMessage', error: 'what?' }, 'what?'],
  ])('is dropped when the monitor %s', async (_name, answer, status) => {
    const { nth, told } = startAgent(monitor.url);
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: units(1), id: 3 });
    const { id } = await side.next();
    side.send({ ...answer, id: id + 100 });
    side.send({ ...answer, id });
    expect(await nth(1, 'shrink.refused')).toEqual({ type: 'shrink.refused', target: units(1), status });
    side.send({ type: 'ScaleRequest', target: units(3), id: 5 });
    expect(await side.next()).toMatchObject({ type: 'UpscaleNotification', content: { granted: units(3) } });
    expect(told.filter(({ type }) => type === 'granted')).toHaveLength(1);
  });

  it('is dropped when the monitor does not answer', async () => {
    const { nth } = startAgent(monitor.url, {}, { answerMs: 20 });
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: units(1), id: 3 });
    expect(await nth(1, 'shrink.refused')).toMatchObject({ status: 'no answer within 20 ms' });
  });

  it('that is approved is finished at once when more is wished again', async () => {
    const { nth, told } = startAgent(monitor.url, { initial: units(4), grantDownMs: 60_000 });
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: units(2), id: 3 });
    const { id } = await side.next();
    side.send({ type: 'DownscaleResult', Ok: true, Status: '', id });
    side.send({ type: 'ScaleRequest', target: units(3), id: 5 });
    expect(await side.next()).toMatchObject({ type: 'UpscaleNotification', content: { granted: units(3) } });
    await nth(2, 'granted');
    expect(told.flatMap((event) => (event.type === 'granted' ? [event.size] : []))).toEqual([units(2), units(3)]);
  });

  it('of one resource goes after the growth of the other', async () => {
    startAgent(monitor.url);
    const side = await monitor.acceptAgent();
    await side.next();
    side.send({ type: 'ScaleRequest', target: { cpu: 1, mem: GIB }, id: 3 });
    expect(await side.next()).toMatchObject({
      type: 'UpscaleNotification',
      content: { granted: { cpu: 1, mem: 2 * GIB } },
    });
    expect(await side.next()).toMatchObject({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem: GIB } } });
  });
});

it('all that the agent says is well-formed for the monitor', async () => {
  startAgent(monitor.url, { grantUpMs: 1 }, { healthCheckMs: 20 });
  const side = await monitor.acceptAgent();
  side.send({ type: 'ScaleRequest', target: units(9), id: 3 });
  const kinds: string[] = [];
  for (let i = 0; i < 4; i += 1) {
    const text = await side.nextText();
    expect(decodeFrame(text)).toMatchObject({ _tag: 'Right' });
    kinds.push((JSON.parse(text) as { type: string }).type);
  }
  expect(kinds.sort()).toEqual(['HealthCheck', 'ScaleDenied', 'UpscaleNotification', 'VmInfo']);
});
