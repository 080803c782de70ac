/** Whether the VM may shrink, judged by the numbers of a fresh sample (rule R5). */
import { GIB, MIB } from '../../machines/shared/units';
import { nextReply, type MonitorFrame } from '../support/monitor-frames';
import { startTestMonitor, stopMonitors, testTree, type RunningMonitor } from '../support/monitor';
import { meminfoText, procStatText } from '../support/kernel-texts';
import { RANGE_V1_1, type TestAgent } from '../support/test-agent';

afterEach(stopMonitors);

/** 324 MiB in use and 16 MiB swapped out + 100 MiB margin + 8 MiB hot cache: 448 MiB and a little dirty memory. */
const HOLDS = 512 * MIB;
const DOES_NOT_HOLD = 400 * MIB;

const askToShrink = (agent: TestAgent, mem: number): Promise<MonitorFrame> => {
  agent.send({ type: 'DownscaleRequest', content: { target: { cpu: 1, mem } }, id: 8 });
  return nextReply(agent);
};

const V1_1 = { range: RANGE_V1_1 };

const wishedBytes = (text: string): number => (JSON.parse(text) as { target: { mem: number } }).target.mem;

const startWithAgent = async (tree = testTree()): Promise<{ running: RunningMonitor; agent: TestAgent }> => {
  const running = await startTestMonitor({ tree });
  await running.first('size.decided');
  return { running, agent: await running.agent(V1_1) };
};

it('is allowed when the smaller size holds the use and its margin; the Status says the numbers', async () => {
  const { running, agent } = await startWithAgent();
  const reply = await askToShrink(agent, HOLDS);
  expect(reply).toMatchObject({ type: 'DownscaleResult', id: 8, Ok: true });
  expect(reply.Status).toMatch(/536870912 bytes .* hold 340 MiB in use.* 100 MiB margin .* 8 MiB hot cache/);
  expect(running.monitor.snapshot()).toMatchObject({ granted: { cpu: 1, mem: HOLDS } });
});

it('is refused below use, with the numbers', async () => {
  const { running, agent } = await startWithAgent();
  const reply = await askToShrink(agent, DOES_NOT_HOLD);
  expect(reply).toMatchObject({ type: 'DownscaleResult', id: 8, Ok: false });
  expect(reply.Status).toMatch(/419430400 bytes .* do not hold 448 MiB: 340 MiB in use/);
  expect(running.monitor.snapshot()).toMatchObject({ granted: { cpu: 2, mem: GIB } });
});

it('counts the cgroup when it uses more than the VM shows', async () => {
  const tree = testTree();
  tree.setAnonBytes(400 * MIB);
  const { agent } = await startWithAgent(tree);
  const reply = await askToShrink(agent, HOLDS);
  expect(reply).toMatchObject({ Ok: false });
  expect(reply.Status).toMatch(/440 MiB in use \(of it 32 MiB shared memory touched\)/);
});

it('is judged on a sample that is taken for it', async () => {
  const tree = testTree();
  // A calm VM is sampled once a second only.
  tree.set('proc/stat', procStatText(0, 1));
  const { agent, next, first } = await startTestMonitor({ tree });
  await first('size.decided');
  const connected = await agent(V1_1);
  await next('quiet.over'); // The sample is more than 100 ms old now.
  tree.setAnonBytes(400 * MIB);
  const asked = next('frame.received');
  const sampled = next('sample.taken');
  expect(await askToShrink(connected, HOLDS)).toMatchObject({ Ok: false });
  expect((await sampled).event.readings.cgroup).toMatchObject({ anonBytes: 400 * MIB });
  expect((await sampled).seq).toBeLessThan((await asked).seq);
});

it('is refused while the need for more is younger than a second', async () => {
  const { running, agent } = await startWithAgent();
  running.tree.setMemAvailableBytes(100 * MIB);
  await running.next('size.decided');
  const reply = await askToShrink(agent, GIB);
  expect(reply).toMatchObject({ Ok: false });
  expect(reply.Status).toMatch(/of memory have been needed for \d+ ms; 1073741824 bytes are less/);
});

describe('without a memory reading', () => {
  it('is refused when there never was one', async () => {
    const tree = testTree();
    tree.remove('proc/meminfo');
    const { agent } = await startTestMonitor({ tree });
    const reply = await askToShrink(await agent(V1_1), HOLDS);
    expect(reply).toMatchObject({ Ok: false, Status: 'no memory sample: use is unknown' });
  });

  it('is refused while it is malformed, and allowed when it is back', async () => {
    const { running, agent } = await startWithAgent();
    running.tree.set('proc/meminfo', 'MemTotal: many\n');
    await running.first('source.lost', ({ source }) => source === 'proc.meminfo');
    expect(await askToShrink(agent, HOLDS)).toMatchObject({ Ok: false });
    running.tree.set('proc/meminfo', meminfoText({ totalBytes: GIB, availableBytes: 700 * MIB }));
    await running.first('source.found', ({ source }) => source === 'proc.meminfo');
    expect(await askToShrink(agent, HOLDS)).toMatchObject({ Ok: true });
  });
});

it('is taken back at once when use grows into it', async () => {
  const { running, agent } = await startWithAgent();
  expect(await askToShrink(agent, HOLDS)).toMatchObject({ Ok: true });
  expect(running.monitor.snapshot()).toMatchObject({ samplingIntervalMs: 10 });
  running.tree.setMemAvailableBytes(400 * MIB);
  // During a shrink only the cgroup's own use tells growth.
  running.tree.setAnonBytes(500 * MIB);
  await running.first('sample.taken', ({ readings }) => readings.memory?.availableBytes === 400 * MIB);
  // By the time that it is sent it may be for yet more.
  await running.next('frame.sent', ({ text }) => text.includes('"ScaleRequest"') && wishedBytes(text) >= GIB);
  expect(running.monitor.snapshot().desired?.mem).toBeGreaterThanOrEqual(GIB);
});
