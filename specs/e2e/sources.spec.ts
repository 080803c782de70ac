/** The kernel's sources come and go; the monitor goes on and takes them up again (rule R9). */
import { MIB } from '../../machines/shared/units';
import { CGROUP_FILES, CGROUP_MEMORY, memoryStatText, PROC_FILES, pressureText } from '../support/kernel-texts';
import { startTestMonitor, stopMonitors, testTree, untilSnapshot, type RunningMonitor } from '../support/monitor';

afterEach(stopMonitors);

/** The failure table: a cgroup that is back is watched again within 5 s. */
const BACK_WITHIN_MS = 5_000;

const expectSampledWithoutCgroup = async ({ next }: RunningMonitor): Promise<void> => {
  const { event } = await next('sample.taken');
  expect(event.readings.cgroup).toBeUndefined();
  expect(event.readings.memory).toBeDefined();
};

const sampledAgain = ({ next }: RunningMonitor): Promise<{ readonly at: number }> =>
  next('sample.taken', ({ readings }) => readings.cgroup !== undefined);

it('a cgroup that is missing at the start is said, looked for, and taken up when it appears', async () => {
  const tree = testTree();
  tree.removeCgroup();
  const running = await startTestMonitor({ tree });
  const lost = await running.first('source.lost', ({ source }) => source === 'cgroup.memory');
  expect(lost.event.reason).toMatch(/neon-postgres.*ENOENT|ENOENT.*neon-postgres|no such/i);
  await expectSampledWithoutCgroup(running);
  expect(running.monitor.snapshot()).toMatchObject({ regions: { memory: 'lost' } });
  // The VM's own figures are enough to decide.
  await running.first('size.decided');

  const createdAt = running.monitor.snapshot().at;
  tree.recreateCgroup();
  expect((await sampledAgain(running)).at - createdAt).toBeLessThan(BACK_WITHIN_MS);
  await untilSnapshot(running, ({ missing, regions }) => missing.length === 0 && regions['memory'] === 'normal');
});

it('a cgroup that is removed and re-created is sampled and watched again within 5 s', async () => {
  const running = await startTestMonitor();
  const { tree, first, monitor } = running;
  await sampledAgain(running);
  tree.removeCgroup();
  await first('source.lost', ({ source }) => source === 'cgroup.memory');
  expect(monitor.snapshot()).toMatchObject({ regions: { memory: 'lost' } });

  const createdAt = monitor.snapshot().at;
  tree.recreateCgroup();
  expect((await sampledAgain(running)).at - createdAt).toBeLessThan(BACK_WITHIN_MS);
  await untilSnapshot(running, ({ missing, regions }) => missing.length === 0 && regions['memory'] === 'normal');
  const sample = running.next('sample.taken', ({ readings }) => readings.cgroup?.anonBytes === 5 * MIB);
  tree.setAnonBytes(5 * MIB);
  await sample;
  tree.setHighEvents(3);
  await first('memory.high.reached', ({ count }) => count === 3);
});

it('a cgroup that is exchanged for a new one between two looks is not read by the old handles', async () => {
  const running = await startTestMonitor();
  await sampledAgain(running);
  running.tree.removeCgroup();
  running.tree.recreateCgroup();
  running.tree.setAnonBytes(7 * MIB);
  await running.first('sample.taken', ({ readings }) => readings.cgroup?.anonBytes === 7 * MIB);
  expect(
    running.events.filter(({ event }) => event.type === 'source.lost' && event.source === 'cgroup.memory'),
  ).toHaveLength(1);
});

it('a malformed memory.stat is a lost source with the place and the reason, and comes back by itself', async () => {
  const running = await startTestMonitor();
  await sampledAgain(running);
  running.tree.set('cgroup/memory.stat', 'anon lots\n');
  const { event } = await running.first('source.lost');
  expect(event).toMatchObject({
    source: 'cgroup.memory',
    reason: expect.stringMatching(/memory\.stat.*lots/) as string,
  });
  await expectSampledWithoutCgroup(running);
  expect(running.monitor.snapshot()).toMatchObject({ missing: ['cgroup.memory'], regions: { memory: 'lost' } });

  running.tree.set('cgroup/memory.stat', memoryStatText(CGROUP_MEMORY));
  await running.first('source.found', ({ source }) => source === 'cgroup.memory');
  expect((await running.next('sample.taken')).event.readings.cgroup).toBeDefined();
  await untilSnapshot(running, ({ regions }) => regions['memory'] === 'normal');
});

describe('pressure', () => {
  it("is the VM's own while the cgroup has none, and the cgroup's when it appears", async () => {
    const tree = testTree();
    for (const file of ['memory', 'cpu', 'io']) tree.remove(`cgroup/${file}.pressure`);
    const running = await startTestMonitor({ tree });
    await running.first('source.lost', ({ source }) => source === 'cgroup.pressure');
    tree.set('proc/pressure/memory', pressureText(12_000, 5_000));
    await running.first('sample.taken', ({ readings }) => readings.pressure?.memorySomeUs === 2_000);

    for (const file of ['memory.pressure', 'cpu.pressure', 'io.pressure'])
      tree.set(`cgroup/${file}`, CGROUP_FILES[file] ?? '');
    await running.first('source.found', ({ source }) => source === 'cgroup.pressure');
  });

  it('may be missing altogether: the monitor beats and decides without it', async () => {
    const tree = testTree();
    for (const file of ['memory', 'cpu', 'io']) {
      tree.remove(`cgroup/${file}.pressure`);
      tree.remove(`proc/pressure/${file}`);
    }
    const running = await startTestMonitor({ tree });
    await running.first('size.decided');
    const { event } = await running.next('sample.taken');
    expect(event.readings).toMatchObject({
      memory: expect.anything() as unknown,
      cgroup: expect.anything() as unknown,
    });
    expect(event.readings.pressure).toBeUndefined();
    expect(running.monitor.snapshot().missing).toEqual(['proc.pressure', 'cgroup.pressure']);
  });
});

it('nothing at all can be read: the monitor runs, says so, and decides when the first figures come', async () => {
  const tree = testTree();
  tree.removeCgroup();
  for (const file of Object.keys(PROC_FILES)) tree.remove(`proc/${file}`);
  const running = await startTestMonitor({ tree });
  await running.next('sample.taken');
  expect(running.monitor.snapshot()).toMatchObject({ desired: null, observed: null });
  expect(running.monitor.snapshot().missing).toEqual(expect.arrayContaining(['proc.meminfo', 'cgroup.memory']));
  for (const [file, text] of Object.entries(PROC_FILES)) tree.set(`proc/${file}`, text);
  expect((await running.first('size.decided')).event.reason).toMatch(/340 MiB in use/);
});
