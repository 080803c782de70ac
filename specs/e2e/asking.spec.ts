/** What the monitor asks a real agent for, and when (rule R7). */
import { GIB, MIB } from '../../machines/shared/units';
import {
  monitorFrame,
  nextOf,
  nextReply,
  nextRequest,
  nextWishFor,
  type MonitorFrame,
} from '../support/monitor-frames';
import { startTestMonitor, stopMonitors, untilSnapshot, type RunningMonitor } from '../support/monitor';
import { RANGE_V1_1, type TestAgent } from '../support/test-agent';

afterEach(stopMonitors);

const V1_1 = { range: RANGE_V1_1 };

/** The size that a fresh tree shows and that its use needs. */
const PRESENT = { cpu: 2, mem: GIB };
/** What the use of `fillMemory` needs at the least, and all that is allowed: how fast it grew must not matter here. */
const LARGER = { cpu: 3, mem: 1536 * MIB };
const AT_MOST = { maxSize: '3,1536MiB' };

/** Use jumps from 324 MiB to 924 MiB of 1024. */
const fillMemory = ({ tree }: RunningMonitor): void => {
  tree.setMemAvailableBytes(100 * MIB);
};

const grant = (agent: TestAgent, granted: object, id = 2): void => {
  agent.send({ type: 'UpscaleNotification', content: { granted }, id });
};

/** A monitor that has decided, with an agent that has heard the first wish. */
const startAsked = async (): Promise<{ running: RunningMonitor; agent: TestAgent }> => {
  const running = await startTestMonitor({ options: AT_MOST });
  await running.first('size.decided');
  const agent = await running.agent(V1_1);
  expect(await nextRequest(agent)).toMatchObject({ type: 'ScaleRequest', target: PRESENT });
  return { running, agent };
};

/** The same when memory is short. */
const startShort = async (): Promise<{ running: RunningMonitor; agent: TestAgent; wish: MonitorFrame }> => {
  const running = await startTestMonitor({ options: AT_MOST });
  await running.first('size.decided');
  fillMemory(running);
  await running.first('size.decided', ({ desired }) => desired.mem === LARGER.mem);
  const agent = await running.agent(V1_1);
  return { running, agent, wish: await nextRequest(agent) };
};

describe('the first request of a connection', () => {
  it('is the present wish, also when it is satisfied', async () => {
    const { running } = await startAsked();
    await untilSnapshot(running, ({ regions }) => regions['sizing'] === 'settled');
    expect(running.monitor.snapshot()).toMatchObject({ desired: PRESENT, granted: PRESENT });
  });

  it('comes after the answer to the first frame of the agent', async () => {
    const { agent, first } = await startTestMonitor();
    await first('size.decided');
    const connected = await agent(V1_1);
    connected.send({ type: 'HealthCheck', content: {}, id: 2 });
    expect(await connected.next()).toBe('{"type":"HealthCheck","id":2}');
    expect(monitorFrame(await connected.next())).toMatchObject({ type: 'ScaleRequest', id: 3 });
  });

  it('comes after 100 ms when the agent says nothing', async () => {
    const { agent, first } = await startTestMonitor();
    await first('size.decided');
    await nextRequest(await agent(V1_1));
    const [connected, quiet, sent] = [
      await first('agent.connected'),
      await first('quiet.over'),
      await first('frame.sent'),
    ];
    expect(sent.seq).toBeGreaterThan(quiet.seq);
    expect(sent.at - connected.at).toBeGreaterThanOrEqual(99); // Timers count in whole milliseconds.
  });

  it('is the present wish of a monitor that went on deciding while no agent was there', async () => {
    const { running, agent } = await startAsked();
    await agent.close();
    fillMemory(running);
    await running.first('size.decided', ({ desired }) => desired.mem === LARGER.mem);
    expect(await nextRequest(await running.agent(V1_1))).toMatchObject({ target: LARGER, id: 3 });
  });
});

describe('when memory runs short', () => {
  it('asks an agent of version 1.1 for a size that holds the use, and says the danger', async () => {
    const { running, agent } = await startAsked();
    fillMemory(running);
    const requested = await nextWishFor(agent, LARGER.mem);
    expect(requested).toMatchObject({ type: 'ScaleRequest', target: LARGER, floor: { mem: LARGER.mem } });
    expect(requested.withinMs).toBeLessThan(2_000);
    expect(running.monitor.snapshot()).toMatchObject({ memory: 'critical', regions: { memory: 'critical' } });
  });

  it('asks an agent of version 1.0 by both requests, without the fields of 1.1', async () => {
    const running = await startTestMonitor({ options: AT_MOST });
    await running.first('size.decided');
    const agent = await running.agent();
    fillMemory(running);
    const requested = await nextWishFor(agent, LARGER.mem);
    expect(requested).toEqual({ type: 'ScaleRequest', target: LARGER, id: expect.any(Number) as number });
    expect(await nextOf(agent, 'UpscaleRequest')).toEqual({ type: 'UpscaleRequest', id: expect.any(Number) as number });
  });

  it('turns to UpscaleRequest when the agent answers ScaleRequest by InvalidMessage, and repeats it', async () => {
    const { agent, wish: requested } = await startShort();
    const { id } = requested;
    agent.send({ type: 'InvalidMessage', content: { error: 'unknown type ScaleRequest' }, id });
    expect(await nextRequest(agent)).toEqual({ type: 'UpscaleRequest', id: id + 2 });
    expect(await nextRequest(agent)).toEqual({ type: 'UpscaleRequest', id: id + 4 });
  });

  it('never sends an UpscaleRequest when it is told to', async () => {
    const running = await startTestMonitor({ options: { ...AT_MOST, scaleRequests: 'always' } });
    await running.first('size.decided');
    const agent = await running.agent();
    fillMemory(running);
    await nextWishFor(agent, LARGER.mem);
    expect(await nextRequest(agent)).toMatchObject({ type: 'ScaleRequest', target: LARGER });
  });

  it('sends nothing but UpscaleRequest when it is told to', async () => {
    const running = await startTestMonitor({ options: { ...AT_MOST, scaleRequests: 'never' } });
    await running.first('size.decided');
    const agent = await running.agent(V1_1);
    fillMemory(running);
    expect(await nextRequest(agent)).toEqual({ type: 'UpscaleRequest', id: 3 });
  });
});

describe('the answers of the agent', () => {
  it('an UpscaleNotification is confirmed, and the size is known', async () => {
    const { running, agent } = await startShort();
    grant(agent, LARGER);
    expect(await nextReply(agent)).toEqual({ type: 'UpscaleConfirmation', id: 2 });
    expect(running.monitor.snapshot()).toMatchObject({ desired: LARGER, granted: LARGER });
  });

  it('a part of the wish is confirmed, and the whole is asked for again', async () => {
    const { running, agent, wish: requested } = await startShort();
    grant(agent, { cpu: 2.5, mem: 1280 * MIB });
    expect(await nextReply(agent)).toEqual({ type: 'UpscaleConfirmation', id: 2 });
    expect(running.monitor.snapshot().regions).toMatchObject({ sizing: { requesting: 'partlyGranted' } });
    expect((await nextRequest(agent)).id).toBe(requested.id + 2);
  });

  it('a ScaleDenied is not answered, its reason is kept, and the wish is said again', async () => {
    const { running, agent } = await startShort();
    agent.send({ type: 'ScaleDenied', content: { target: LARGER, reason: 'the host is full' }, id: 2 });
    agent.send({ type: 'HealthCheck', content: {}, id: 4 });
    expect(await nextReply(agent)).toEqual({ type: 'HealthCheck', id: 4 });
    expect(running.monitor.snapshot()).toMatchObject({
      denial: 'the host is full',
      regions: { sizing: { requesting: 'denied' } },
    });
    expect(await nextRequest(agent)).toMatchObject({ target: LARGER });
  });

  it('a VmInfo is not answered; it tells the granted size and the largest one', async () => {
    const { running, agent } = await startAsked();
    agent.send({ type: 'VmInfo', content: { granted: { cpu: 2, mem: GIB }, max: { cpu: 2, mem: GIB } }, id: 2 });
    agent.send({ type: 'HealthCheck', content: {}, id: 4 });
    expect(await nextReply(agent)).toEqual({ type: 'HealthCheck', id: 4 });
    fillMemory(running);
    await untilSnapshot(running, ({ memory }) => memory === 'critical');
    expect(running.monitor.snapshot()).toMatchObject({ desired: PRESENT, regions: { sizing: 'capped' } });
  });
});

describe('a memory.high event of the kernel', () => {
  const setHigh = async ({ tree, first }: RunningMonitor, highBytes: number): Promise<void> => {
    tree.set('cgroup/memory.high', `${highBytes}\n`);
    await first('sample.taken', ({ readings }) => readings.cgroup?.highBytes === highBytes);
    tree.setHighEvents(1);
    await first('memory.high.reached', ({ count }) => count === 1);
  };

  it('counts as a breach when memory that cannot be reclaimed has reached it', async () => {
    const { running, agent } = await startAsked();
    await setHigh(running, 100 * MIB);
    expect(running.monitor.snapshot()).toMatchObject({ memory: 'critical' });
    expect(await nextWishFor(agent, LARGER.mem)).toMatchObject({ target: LARGER });
  });

  it('does not count when page cache has reached it', async () => {
    const { running } = await startAsked();
    await setHigh(running, 300 * MIB);
    expect(running.monitor.snapshot()).toMatchObject({ memory: 'normal', desired: PRESENT });
  });
});
