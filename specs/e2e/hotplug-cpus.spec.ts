/** --hotplug-cpus from the flag to sysfs; in place of sysfs there is a directory (specs/support/cpu-tree.ts). */
import { type CpuTree, cpuTree } from '../support/cpu-tree';
import { startTestMonitor, stopMonitors } from '../support/monitor';

let cpus: CpuTree;
afterEach(async () => {
  await stopMonitors();
  cpus.remove();
});

const UNTOUCHED = ['-', '-', '-', '-'];

it('a start brings all CPUs online, tries again what is not there yet, and says how many are', async () => {
  cpus = cpuTree(4, '0');
  const { first } = await startTestMonitor({ options: { hotplugCpus: true, sysRoot: cpus.sysRoot } });
  const { event: failed } = await first('cpus.failed');
  expect(failed.reason).toBe('1 of 4 CPUs are online, 4 are there');
  expect(cpus.written()).toEqual(['-', '1', '1', '1']);
  cpus.set('online', '0-3');
  expect((await first('cpus.applied')).event.online).toBe(4);
});

it('an approved downscale takes surplus CPUs offline, behind the answer', async () => {
  cpus = cpuTree(4, '0-3');
  const { first, agent, events } = await startTestMonitor({ options: { hotplugCpus: true, sysRoot: cpus.sysRoot } });
  await first('cpus.applied');
  await first('size.decided');
  const connected = await agent();
  connected.send({ type: 'DownscaleRequest', id: 2, content: { target: { cpu: 1, mem: 1024 ** 3 } } });
  await first('cpus.failed', ({ reason }) => reason === '4 CPUs are online, 1 are granted');
  expect(cpus.written()).toEqual(['-', '0', '0', '0']);
  const done = events.flatMap(({ event }) => {
    if (event.type === 'frame.sent' && event.text.includes('DownscaleResult')) return ['answer'];
    // Those of the start keep surplus CPUs; /proc of the tree shows fewer than its sysfs, so they are repeated.
    const isOffline =
      event.type === 'command.issued' && event.command.type === 'cpus.apply' && event.command.surplus === 'offline';
    return isOffline ? ['offline'] : [];
  });
  expect(done).toEqual(['answer', 'offline']);
});

it('without the flag no CPU is touched', async () => {
  cpus = cpuTree(4, '0');
  const { first, stop } = await startTestMonitor({ options: { sysRoot: cpus.sysRoot } });
  await first('size.decided');
  await stop();
  expect(cpus.written()).toEqual(UNTOUCHED);
});
