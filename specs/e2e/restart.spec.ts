/** A monitor that starts again: what it still knows, and that nobody notices the restart (rule R12). */
import { readAll, removeTempDirs, seqsOf, tempDir } from '../support/event-log';
import { replayEventLog } from '../../adapters/tools/replay';
import { GIB, MIB } from '../../machines/shared/units';
import { buildOnce, connectTo, runCommand, startMonitorOn, stopCommands } from '../support/command';
import { meminfoText } from '../support/kernel-texts';
import { nextOf, nextReply, nextRequest } from '../support/monitor-frames';
import { startTestMonitor, stopMonitors, testTree } from '../support/monitor';
import type { KernelTree } from '../support/fake-kernel-tree';
import { RANGE_V1_1 } from '../support/test-agent';

beforeAll(buildOnce, 60_000);
afterEach(async () => {
  await stopCommands();
  await stopMonitors();
});
afterAll(removeTempDirs);

const V1_1 = { range: RANGE_V1_1 };
const LARGE = { cpu: 3, mem: 1536 * MIB };
const AT_MOST = { maxSize: '3,1536MiB' };

/** Long enough a run that the last size was needed, then the need is gone, and the monitor stops. */
const liveThroughAPeak = async (tree: KernelTree, logDir: string): Promise<void> => {
  const { agent, first, next, stop } = await startTestMonitor({ tree, options: { ...AT_MOST, eventLog: logDir } });
  await first('size.decided');
  tree.setMemAvailableBytes(100 * MIB);
  const connected = await agent(V1_1);
  await first('size.decided', ({ desired }) => desired.mem === LARGE.mem);
  connected.send({ type: 'UpscaleNotification', content: { granted: LARGE }, id: 2 });
  await nextOf(connected, 'UpscaleConfirmation');
  tree.set('proc/meminfo', meminfoText({ totalBytes: LARGE.mem, availableBytes: 1200 * MIB }));
  await next('sample.taken', ({ readings }) => readings.memory?.availableBytes === 1200 * MIB);
  await stop();
};

describe('a restart within the same boot', () => {
  it('goes on in the log with the next seq, and time does not go back', async () => {
    const [tree, logDir] = [testTree(), tempDir()];
    await liveThroughAPeak(tree, logDir);
    const before = await readAll(logDir);
    const { first, stop } = await startTestMonitor({ tree, options: { ...AT_MOST, eventLog: logDir } });
    await first('sample.taken');
    await stop();
    const after = await readAll(logDir);
    const ats = after.map(({ at }) => at);
    expect(after.length).toBeGreaterThan(before.length);
    expect(seqsOf(after)).toEqual(after.map((_envelope, i) => i + 1));
    expect(ats).toEqual([...ats].sort((a, b) => a - b));
    expect(await replayEventLog(logDir)).toMatchObject({ divergences: 0, first: null });
  });

  it('wishes what was wished last, neither less nor more, although the need is gone', async () => {
    const [tree, logDir] = [testTree(), tempDir()];
    await liveThroughAPeak(tree, logDir);
    const { agent, first, events, monitor } = await startTestMonitor({
      tree,
      options: { ...AT_MOST, eventLog: logDir },
    });
    await first('sample.taken', ({ elapsedMs }) => elapsedMs > 0);
    expect(monitor.snapshot()).toMatchObject({ desired: LARGE, granted: LARGE });
    expect(await nextRequest(await agent(V1_1))).toMatchObject({ target: LARGE });
    const decided = events.filter(({ event }) => event.type === 'size.decided');
    expect(decided.map(({ event }) => event)).toEqual(
      decided.map(() => expect.objectContaining({ desired: LARGE }) as unknown),
    );
  });

  it('without a log takes the size that the kernel shows, and wishes nothing smaller', async () => {
    const tree = testTree();
    tree.set('proc/meminfo', meminfoText({ totalBytes: 2 * GIB, availableBytes: 1800 * MIB }));
    const options = { eventLog: 'none', computeUnit: '1,1GiB' };
    const { agent, events, monitor } = await startTestMonitor({ tree, options });
    expect((await nextRequest(await agent(V1_1))).target?.mem).toBeGreaterThanOrEqual(2 * GIB);
    expect(monitor.snapshot().granted?.mem).toBe(2 * GIB);
    const decided = events.flatMap(({ event }) => (event.type === 'size.decided' ? [event.desired.mem] : []));
    expect(decided).toEqual(decided.map(() => 2 * GIB));
  });

  it('without a log and with a virtual size believes the agent first', async () => {
    const { agent, first, monitor } = await startTestMonitor({ options: { eventLog: 'none', sizeFrom: 'agent' } });
    await first('size.decided');
    const connected = await agent(V1_1);
    connected.send({ type: 'VmInfo', content: { granted: { cpu: 4, mem: 2 * GIB } }, id: 2 });
    expect(await nextRequest(connected)).toMatchObject({ target: { cpu: 4, mem: 2 * GIB } });
    expect(monitor.snapshot()).toMatchObject({ granted: { cpu: 4, mem: 2 * GIB } });
  });
});

describe('after another boot', () => {
  it('the windows are empty and the size is that of the kernel', async () => {
    const [tree, logDir] = [testTree(), tempDir()];
    tree.set('proc/sys/kernel/random/boot_id', 'first\n');
    await liveThroughAPeak(tree, logDir);
    const lastAt = (await readAll(logDir)).at(-1)?.at ?? 0;
    tree.set('proc/sys/kernel/random/boot_id', 'second\n');
    tree.set('proc/meminfo', meminfoText({ totalBytes: GIB, availableBytes: 700 * MIB }));
    const { first, monitor, stop } = await startTestMonitor({ tree, options: { ...AT_MOST, eventLog: logDir } });
    expect((await first('size.decided')).event.desired).toEqual({ cpu: 2, mem: GIB });
    expect(monitor.snapshot()).toMatchObject({ granted: { cpu: 2, mem: GIB } });
    expect((await first('sample.taken')).at).toBeGreaterThan(lastAt);
    await stop();
    expect(await replayEventLog(logDir)).toMatchObject({ divergences: 0, first: null });
  });
});

it('a killed monitor leaves a log that replays, and the next one goes on with it', async () => {
  const [tree, logDir] = [testTree(), tempDir()];
  const killed = startMonitorOn(tree, logDir);
  const agent = await connectTo(killed);
  expect(await nextRequest(agent)).toMatchObject({ type: 'ScaleRequest' });
  for (let id = 2; id < 400; id += 2) {
    agent.send({ type: 'HealthCheck', content: {}, id });
    expect(await nextReply(agent)).toEqual({ type: 'HealthCheck', id });
  }
  killed.signal('SIGKILL');
  expect(await killed.ended).toMatchObject({ status: null });
  expect(await runCommand(['replay', logDir])).toMatchObject({ status: 0 });
  const before = await readAll(logDir);
  expect(before.length).toBeGreaterThan(200);

  const restarted = startMonitorOn(tree, logDir);
  expect(await nextRequest(await connectTo(restarted))).toMatchObject({ target: { cpu: 2, mem: GIB } });
  restarted.signal('SIGTERM');
  expect(await restarted.ended).toMatchObject({ status: 0 });
  const after = await readAll(logDir);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(seqsOf(after)).toEqual(after.map((_envelope, i) => i + 1));
  expect(await runCommand(['replay', logDir])).toMatchObject({ status: 0, stderr: '' });
});

it('a second monitor on the same log says who has it, and runs without one', async () => {
  const [tree, logDir] = [testTree(), tempDir()];
  const holder = startMonitorOn(tree, logDir);
  await holder.line('listening');
  const second = startMonitorOn(tree, logDir);
  expect(await second.line('no event log')).toMatchObject({
    level: 'warn',
    reason: `${logDir}: in use by another monitor (pid ${holder.pid})`,
  });
  expect(await second.line('listening')).toMatchObject({ eventLog: null });
});
