/** The command with --metrics, scraped as an agent or a Prometheus would. */
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { GIB, KIB, MIB } from '../../machines/shared/units';
import {
  buildOnce,
  connectTo,
  startCommand,
  startMonitorOn,
  stopCommands,
  type RunningCommand,
} from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import { meminfoText } from '../support/kernel-texts';
import { stopMonitors, testTree } from '../support/monitor';
import { nextWishAbove } from '../support/monitor-frames';
import { readPrometheusText, sampleOf, type Family } from '../support/prometheus-text';

beforeAll(buildOnce, 60_000);
afterEach(async () => {
  await stopCommands();
  await stopMonitors();
  removeTempDirs();
});

const METRICS = ['--metrics', '127.0.0.1:0'];

const urlOf = async ({ line }: RunningCommand): Promise<string> => String((await line('metrics'))['url']);

const scrape = async (url: string): Promise<ReadonlyMap<string, Family>> =>
  readPrometheusText(await (await fetch(url)).text());

/** Scrapes until the sample has this value. */
const scrapeUntil = async (url: string, key: string, value: number): Promise<ReadonlyMap<string, Family>> => {
  for (;;) {
    const families = await scrape(url);
    if (sampleOf(families, key) === value) return families;
  }
};

const meminfoBytes = (field: string): number =>
  Number(new RegExp(`^${field}: +(\\d+) kB$`, 'm').exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * KIB;

it('gives what an agent scrapes from a VM, in its units, from the real /proc', async () => {
  const command = startCommand(['run', '--addr', '127.0.0.1:0', '--event-log', 'none', ...METRICS]);
  const families = await scrape(await urlOf(command));
  for (const name of ['host_load1', 'host_load5', 'host_memory_total_bytes', 'host_memory_available_bytes'])
    expect([name, families.get(name)?.type, families.get(name)?.samples.size]).toEqual([name, 'gauge', 1]);
  const read = (name: string) => sampleOf(families, name)!;
  // The sampler rounds to 64 KiB.
  expect(Math.abs(read('host_memory_total_bytes') - meminfoBytes('MemTotal'))).toBeLessThanOrEqual(64 * KIB);
  // The rest moves between the two looks: the right order of magnitude shows the right unit.
  expect(read('host_memory_available_bytes') / meminfoBytes('MemAvailable')).toBeCloseTo(1, 0);
  expect(read('host_memory_cached_bytes') / meminfoBytes('Cached')).toBeCloseTo(1, 0);
  const load1 = Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
  expect(Math.abs(read('host_load1') - load1)).toBeLessThan(Math.max(1, load1 / 2));
});

it('shows wishes, a denial and a grant as they happen, and how long the grant took', async () => {
  const tree = testTree();
  tree.setMemAvailableBytes(100 * MIB);
  const command = startMonitorOn(tree, tempDir(), ...METRICS);
  const agent = await connectTo(command);
  const url = await urlOf(command);
  const requested = JSON.parse(await agent.next()) as { type: string; target: { cpu: number; mem: number } };
  expect(requested.type).toBe('ScaleRequest');
  agent.send({ type: 'ScaleDenied', content: { target: requested.target, reason: 'full' }, id: 2 });
  const denied = await scrapeUntil(url, 'vm_monitor_denials_total', 1);
  expect(sampleOf(denied, 'vm_monitor_request_denied')).toBe(1);
  expect(sampleOf(denied, 'vm_monitor_agent_connected')).toBe(1);
  expect(sampleOf(denied, 'vm_monitor_requests_sent_total{type="ScaleRequest"}')).toBeGreaterThanOrEqual(1);
  expect(sampleOf(denied, 'vm_monitor_size_memory_bytes{size="desired"}')).toBe(requested.target.mem);
  expect(sampleOf(denied, 'vm_monitor_event_log_broken')).toBe(0);

  // As many CPUs as the tree shows, so that the grant can be seen.
  agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 2, mem: requested.target.mem } }, id: 4 });
  const granted = await scrapeUntil(url, 'vm_monitor_grants_total', 1);
  expect(sampleOf(granted, 'vm_monitor_size_memory_bytes{size="granted"}')).toBe(requested.target.mem);
  // What waits after a denial is not how long a grant takes: another one shows it.
  tree.set('proc/meminfo', meminfoText({ totalBytes: requested.target.mem, availableBytes: 60 * MIB }));
  const { target: { mem = 0 } = {} } = await nextWishAbove(agent, requested.target.mem);
  agent.send({ type: 'UpscaleNotification', content: { granted: { cpu: 2, mem } }, id: 6 });
  tree.set('proc/meminfo', meminfoText({ totalBytes: mem, availableBytes: GIB }));
  const observed = await scrapeUntil(url, 'vm_monitor_grant_duration_seconds_count{direction="up"}', 1);
  expect(sampleOf(observed, 'vm_monitor_grant_duration_seconds_sum{direction="up"}')).toBeGreaterThan(0);
  await agent.close();
  await scrapeUntil(url, 'vm_monitor_agent_connected', 0);
});

it('an address that is taken is said, and the monitor goes on without', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const command = startMonitorOn(testTree(), 'none', '--metrics', taken);
  const agent = await connectTo(command);
  expect(await command.line('metrics not served')).toMatchObject({
    level: 'warn',
    reason: `metrics: listen EADDRINUSE: address already in use ${taken}`,
  });
  command.signal('SIGTERM');
  expect(await agent.closed).toMatchObject({ code: 1001 });
  expect((await command.ended).status).toBe(0);
  other.close();
});

it('an orderly exit does not wait for a scraper that hangs', async () => {
  const command = startMonitorOn(testTree(), 'none', ...METRICS);
  const url = await urlOf(command);
  const { hostname, port } = new URL(url);
  const scraper = connect(Number(port), hostname);
  await once(scraper, 'connect');
  const hungUp = once(scraper.resume(), 'close');
  command.signal('SIGTERM');
  await hungUp;
  expect((await command.ended).status).toBe(0);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

it('without the flag nothing is served and nothing is said', async () => {
  const command = startMonitorOn(testTree(), 'none');
  await connectTo(command);
  command.signal('SIGTERM');
  expect((await command.ended).stdout).not.toContain('metrics');
});
