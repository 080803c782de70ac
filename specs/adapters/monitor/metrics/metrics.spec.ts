import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { createMetrics, type Followed, type MetricFacts } from '../../../../adapters/monitor/metrics';
import { initialContext } from '../../../../machines/monitor/statechart/context';
import { monitorMachine } from '../../../../machines/monitor/statechart/monitor.machine';
import { EMPTY_DOMAIN, type Domain } from '../../../../machines/monitor/engine/state';
import type { Envelope, LoggedEvent } from '../../../../machines/monitor/events';
import { learnGrant, UNLEARNED } from '../../../../machines/monitor/engine/grant-latency';
import { GIB, MIB } from '../../../../machines/shared/units';
import { readPrometheusText, sampleOf, type Family } from '../../../support/prometheus-text';
import { ROOT } from '../../../support/repository-root';
import { statusReport } from '../../tools/status/support';
import { emptyFacts } from './support';

const scrape = async (facts: MetricFacts): Promise<ReadonlyMap<string, Family>> =>
  readPrometheusText(await createMetrics().text(facts));

/** A core loop that says what it is told, in the state that it is told. */
class ToldLoop implements Followed {
  readonly events = new Subject<Envelope>();
  domain: Domain = EMPTY_DOMAIN;

  get state(): Followed['state'] {
    const config = { scaleRequests: 'auto', sizeFrom: 'kernel', fileCache: 'absent', protect: 'observe' } as const;
    const context = initialContext({ ...config, hardLimit: false, hotplugCpus: false, throttleMaxMs: 0 });
    return { policy: {}, domain: this.domain, statechart: monitorMachine.resolveState({ value: {}, context }) };
  }

  say(event: LoggedEvent): void {
    this.events.next({ v: 2, seq: 1, at: 1, event });
  }
}

const followed = () => {
  const metrics = createMetrics();
  const loop = new ToldLoop();
  metrics.follow(loop);
  return { loop, scrape: async () => readPrometheusText(await metrics.text(emptyFacts())) };
};

const sample = (skippedSamples = 0): LoggedEvent => ({
  type: 'sample.taken',
  elapsedMs: 100,
  skippedSamples,
  readings: {},
});
const heard = (type: string, content: object): LoggedEvent => ({
  type: 'frame.received',
  conn: 'a',
  text: JSON.stringify({ content, type, id: 2 }),
});
const sent = (frame: object): LoggedEvent => ({ type: 'frame.sent', conn: 'a', text: JSON.stringify(frame) });

it('what is not known is absent, and never zero', async () => {
  const families = await scrape(emptyFacts());
  const absent = [...families].filter(([, { samples }]) => samples.size === 0).map(([name]) => name);
  expect(absent).toEqual([
    ...['host_memory_total_bytes', 'host_memory_available_bytes', 'host_memory_cached_bytes'],
    'vm_monitor_swap_used_bytes',
    ...['host_load1', 'host_load5'],
    ...['vm_monitor_foreign_max_bytes', 'vm_monitor_foreign_high_bytes'],
    'vm_monitor_swapped_pages_total',
    ...['vm_monitor_cgroup_read_bytes_total', 'vm_monitor_cgroup_written_bytes_total'],
    ...['vm_monitor_cgroup_reads_total', 'vm_monitor_cgroup_writes_total'],
    'lfc_approximate_working_set_size_windows',
    ...['vm_monitor_size_memory_bytes', 'vm_monitor_size_vcpus', 'vm_monitor_memory_use_bytes'],
    ...['vm_monitor_memory_runway_bytes', 'vm_monitor_memory_exhaustion_seconds'],
    ...['vm_monitor_event_log_bytes', 'vm_monitor_event_log_broken', 'vm_monitor_file_cache_size_bytes'],
  ]);
});

it('shows the state in base units: bytes, seconds, vCPUs', async () => {
  const memory = { totalBytes: 2 * GIB, availableBytes: GIB, freeBytes: 0, cachedBytes: 300 * MIB, shmemBytes: 0 };
  const cpu = { onlineCpus: 2, procsRunning: 1, load1: 1.25, load5: 0.5 };
  const readings = { memory: { ...memory, dirtyBytes: 0, writebackBytes: 0 }, cpu };
  const domain = { ...EMPTY_DOMAIN, readings, growth: { points: [], bytesPerS: 7, sustainedBytesPerS: 5 } };
  const log = { broken: true, bytes: 4711 };
  const families = await scrape(
    emptyFacts({ status: statusReport(), domain, denied: true, workingSetPages: [100, 250], log }),
  );
  const expected = {
    host_load1: 1.25,
    host_load5: 0.5,
    host_memory_total_bytes: 2 * GIB,
    host_memory_available_bytes: GIB,
    host_memory_cached_bytes: 300 * MIB,
    'lfc_approximate_working_set_size_windows{duration_seconds="60"}': 100,
    'lfc_approximate_working_set_size_windows{duration_seconds="120"}': 250,
    'vm_monitor_size_memory_bytes{size="desired"}': 4 * GIB,
    'vm_monitor_size_memory_bytes{size="granted"}': 2 * GIB,
    'vm_monitor_size_vcpus{size="granted"}': 0.5,
    'vm_monitor_size_vcpus{size="observed"}': 1,
    vm_monitor_request_denied: 1,
    vm_monitor_grant_expected_seconds: 1.5,
    vm_monitor_memory_use_bytes: GIB,
    vm_monitor_memory_growth_bytes_per_second: 7,
    vm_monitor_memory_runway_bytes: 140 * MIB,
    vm_monitor_memory_exhaustion_seconds: 0.47,
    'vm_monitor_lack{of="kernelZones"}': 0,
    'vm_monitor_lack{of="foreignLimit"}': 1,
    'vm_monitor_lack{of="fruitless"}': 0,
    'vm_monitor_memory_pressure_level{level="critical"}': 1,
    'vm_monitor_memory_pressure_level{level="normal"}': 0,
    vm_monitor_throttled_seconds_total: 1.25,
    vm_monitor_tripwire_armed_seconds_total: 360,
    vm_monitor_tripwire_trips_total: 3,
    vm_monitor_tripwire_false_trips_total: 1,
    vm_monitor_statements_cancelled_total: 1,
    vm_monitor_cache_dropped_bytes_total: 64 * MIB,
    vm_monitor_premature_downscales_total: 2,
    'vm_monitor_limit_bytes{file="memory.high"}': 1.8 * GIB,
    'vm_monitor_limit_bytes{file="memory.max"}': undefined,
    'vm_monitor_info{build="0.1.0+0123456789ab",cgroup="neon-postgres"}': 1,
    'vm_monitor_region_state{region="sizing",state="requesting.denied"}': 1,
    vm_monitor_agent_connected: 1,
    'vm_monitor_source_missing{source="cgroup.pressure"}': 1,
    'vm_monitor_source_missing{source="proc.meminfo"}': 0,
    vm_monitor_sampling_interval_seconds: 0.1,
    vm_monitor_event_log_bytes: 4711,
    vm_monitor_event_log_broken: 1,
    vm_monitor_file_cache_size_bytes: 512 * MIB,
  };
  const found = Object.keys(expected).map((key) => [key, sampleOf(families, key)]);
  expect(Object.fromEntries(found)).toEqual(expected);
});

it('sums what the readings say has grown', async () => {
  const { loop, scrape } = followed();
  const MEMORY = { totalBytes: GIB, availableBytes: GIB, freeBytes: 0, cachedBytes: 0, shmemBytes: 0 };
  const swapped = (growth: object): LoggedEvent => ({
    type: 'sample.taken',
    elapsedMs: 100,
    skippedSamples: 0,
    readings: { memory: { ...MEMORY, dirtyBytes: 0, writebackBytes: 0, ...growth } },
  });
  loop.say(swapped({}));
  loop.say(swapped({ swapInPagesDelta: 3, swapOutPagesDelta: 0 }));
  loop.say(swapped({ swapInPagesDelta: 4, swapOutPagesDelta: 5 }));
  const families = await scrape();
  expect(sampleOf(families, 'vm_monitor_swapped_pages_total{direction="in"}')).toBe(7);
  expect(sampleOf(families, 'vm_monitor_swapped_pages_total{direction="out"}')).toBe(5);
});

it('forgets what was known and is no more', async () => {
  const metrics = createMetrics();
  await metrics.text(emptyFacts({ status: statusReport(), log: { broken: false, bytes: 1 } }));
  expect(await metrics.text(emptyFacts())).toBe(await createMetrics().text(emptyFacts()));
});

it('the document names every metric, and no other', async () => {
  const table =
    readFileSync(join(ROOT, 'docs/operating.md'), 'utf8').split('\n## Metrics\n')[1]?.split('\n## ')[0] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const ours = rows.flatMap((line) => line.split('|')[1]?.match(/(?<=`)[a-z_0-9]+/g) ?? []);
  const hosts = table.match(/(?<=`)(host|lfc)_\w+/g) ?? [];
  const documented = [...ours.map((name) => `vm_monitor_${name}`), ...hosts];
  expect(documented.sort()).toEqual([...(await scrape(emptyFacts())).keys()].sort());
});

it.each([
  ['ready', 1],
  ['resizing', 1],
  ['vanilla', 0],
  ['connecting', undefined],
])('whether Postgres has a file cache is told by the state %s', async (state, value) => {
  const families = await scrape(emptyFacts({ status: statusReport({ regions: { fileCache: state } }) }));
  expect(sampleOf(families, 'vm_monitor_file_cache_offered')).toBe(value);
});

it('quotes what a label may not hold', async () => {
  const status = statusReport({ cgroup: 'a"b\\c\nd' });
  const families = await scrape(emptyFacts({ status }));
  expect(sampleOf(families, `vm_monitor_info{build="${status.build}",cgroup="a\\"b\\\\c\\nd"}`)).toBe(1);
});

it('counts events since it follows', async () => {
  const { loop, scrape: again } = followed();
  const size = { cpu: 1, mem: GIB };
  loop.say(sample());
  loop.say(sample(3));
  loop.say({ type: 'size.decided', desired: size, reason: 'r', parts: {} });
  loop.say({ type: 'agent.connected', conn: 'a', peer: 'p', version: '1.1' });
  loop.say({ type: 'fileCache.failed', id: 1, reason: 'r' });
  loop.say({ type: 'fileCache.notOffered', id: 2, reason: 'r' });
  loop.say(heard('UpscaleNotification', { granted: size }));
  loop.say(heard('ScaleDenied', { target: size, reason: 'full' }));
  loop.say(heard('HealthCheck', {}));
  loop.say({ type: 'frame.received', conn: 'a', text: 'no JSON' });
  for (const id of [3, 5]) loop.say(sent({ type: 'ScaleRequest', target: size, id }));
  loop.say(sent({ type: 'UpscaleRequest', id: 7 }));
  loop.say(sent({ type: 'DownscaleResult', Ok: true, Status: 's', id: 4 }));
  for (const id of [6, 8]) loop.say(sent({ type: 'DownscaleResult', Ok: false, Status: 's', id }));
  loop.say(sent({ type: 'HealthCheck', id: 10 }));
  const families = await again();
  const expected = {
    vm_monitor_samples_total: 2,
    vm_monitor_samples_skipped_total: 3,
    vm_monitor_decisions_total: 1,
    vm_monitor_agent_connections_total: 1,
    vm_monitor_file_cache_failures_total: 1,
    vm_monitor_grants_total: 1,
    vm_monitor_denials_total: 1,
    'vm_monitor_requests_sent_total{type="ScaleRequest"}': 2,
    'vm_monitor_requests_sent_total{type="UpscaleRequest"}': 1,
    'vm_monitor_downscale_requests_total{answer="agreed"}': 1,
    'vm_monitor_downscale_requests_total{answer="refused"}': 2,
  };
  expect(Object.fromEntries(Object.keys(expected).map((key) => [key, sampleOf(families, key)]))).toEqual(expected);
  expect(await again()).toEqual(families);
});

it('has each grant in a histogram once, by direction, also one that leaves the estimate as it was', async () => {
  const { loop, scrape: again } = followed();
  const asked = { at: 1_000, fromBytes: GIB, acknowledged: true };
  loop.domain = { ...EMPTY_DOMAIN, coveredUntil: 2_000, timedRequest: { ...asked, direction: 'up' } };
  loop.say(sample());
  const latency = learnGrant(UNLEARNED, 'up', GIB, 1_600);
  loop.domain = { ...loop.domain, coveredUntil: 2_600, timedRequest: null, latency };
  loop.say(sample());
  loop.say(sample());
  loop.domain = { ...loop.domain, timedRequest: { ...asked, at: 3_000, direction: 'down' } };
  loop.say(sample());
  loop.domain = { ...loop.domain, coveredUntil: 9_000, timedRequest: null, latency: { ...latency } };
  loop.say(sample());
  const families = await again();
  const name = 'vm_monitor_grant_duration_seconds';
  expect(sampleOf(families, `${name}_count{direction="up"}`)).toBe(1);
  expect(sampleOf(families, `${name}_sum{direction="up"}`)).toBe(1.6);
  expect(sampleOf(families, `${name}_bucket{le="1.5",direction="up"}`)).toBe(0);
  expect(sampleOf(families, `${name}_bucket{le="2",direction="up"}`)).toBe(1);
  expect(sampleOf(families, `${name}_sum{direction="down"}`)).toBe(6);
});

it('a wish that was given up is no grant', async () => {
  const { loop, scrape: again } = followed();
  const timedRequest = { at: 1_000, fromBytes: GIB, acknowledged: false, direction: 'up' } as const;
  loop.domain = { ...EMPTY_DOMAIN, coveredUntil: 2_000, timedRequest };
  loop.say(sample());
  loop.domain = { ...loop.domain, coveredUntil: 3_000, timedRequest: null };
  loop.say(sample());
  expect(sampleOf(await again(), 'vm_monitor_grant_duration_seconds_count{direction="up"}')).toBe(0);
});
