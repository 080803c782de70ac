/** The disk of the event log is full for a while: a real one, a tmpfs of 1 MiB (needs root). */
import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KIB, MIB } from '../../machines/shared/units';
import { buildOnce, connectTo, runCommand, startMonitorOn, stopCommands } from '../support/command';
import { tempDir } from '../support/event-log';
import { nextReplyText } from '../support/monitor-frames';
import { stopMonitors, testTree } from '../support/monitor';
import type { TestAgent } from '../support/test-agent';

const mounted: string[] = [];

const smallDisk = (): string => {
  if (process.getuid?.() !== 0) throw new Error('this spec needs root: it mounts a small tmpfs to fill it');
  const dir = tempDir();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MIB}`, 'tmpfs', dir]);
  mounted.push(dir);
  return dir;
};

beforeAll(buildOnce, 60_000);
afterEach(async () => {
  await stopCommands();
  for (const dir of mounted.splice(0)) execFileSync('umount', [dir]);
  await stopMonitors();
});

const checkHealth = async (agent: TestAgent, id: number): Promise<void> => {
  agent.send({ type: 'HealthCheck', content: {}, id });
  expect(await nextReplyText(agent)).toBe(`{"type":"HealthCheck","id":${id}}`);
};

it('the monitor goes on and says that the log is broken; with room again the log goes on, and it replays', async () => {
  const disk = smallDisk();
  const filler = join(disk, 'filler');
  await writeFile(filler, Buffer.alloc(MIB - 32 * KIB));
  const monitor = startMonitorOn(testTree(), join(disk, 'log'));
  const agent = await connectTo(monitor);

  const broken = monitor.line('event log broken');
  for (let id = 2; id <= 400; id += 2) await checkHealth(agent, id);
  expect(await broken).toMatchObject({ level: 'error', reason: expect.stringContaining('ENOSPC') as string });
  await checkHealth(agent, 1000);

  await rm(filler);
  await monitor.line('event log', { detail: /^the event log works again; [1-9]\d* lines were lost$/ });
  await checkHealth(agent, 1002);
  monitor.signal('SIGTERM');
  expect(await monitor.ended).toMatchObject({ status: 0 });

  const { status, stdout, stderr } = await runCommand(['replay', join(disk, 'log')]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/ 0 divergences\n$/);
  expect(stderr).toMatch(/: [1-9]\d* lines after seq \d+ were lost, as they could not be written\n/);
});
