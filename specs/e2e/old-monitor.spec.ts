/**
 * `vm-monitor agent` as a process, for a monitor that is older than ScaleRequests. That monitor is played, as none is
 * to be had here: it negotiates v1.0, asks for more without an amount, and hangs up on what it does not know.
 */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { MIB } from '../../machines/shared/units';
import { buildOnce, runCommand, startCommand, stopCommands } from '../support/command';
import { removeTempDirs, tempDir } from '../support/event-log';
import { startFakeMonitor, type AgentFrame, type FakeMonitor, type MonitorSide } from '../support/fake-monitor';

jest.setTimeout(60_000);

let monitor: FakeMonitor;
let exporter: Server;
/** What the VM uses, as its exporter tells it. */
let usedBytes: number;

const text = (): string =>
  Object.entries({
    host_load1: 0.1,
    host_load5: 0.1,
    host_memory_total_bytes: 4096 * MIB,
    host_memory_available_bytes: 4096 * MIB - usedBytes,
    host_memory_cached_bytes: 0,
  })
    .map(([name, value]) => `# HELP ${name} .\n# TYPE ${name} gauge\n${name}{host="vm"} ${value} 1763800000000\n`)
    .join('');

beforeAll(() => {
  buildOnce();
}, 60_000);
beforeEach(async () => {
  monitor = await startFakeMonitor();
  exporter = createServer((_request, response) => response.end(text())).listen(0, '127.0.0.1');
  await once(exporter, 'listening');
});
afterEach(async () => {
  await stopCommands();
  await monitor.stop();
  exporter.closeAllConnections();
  exporter.close();
  removeTempDirs();
});

const startAgent = (log: string) =>
  startCommand([
    ...['agent', '--monitor', monitor.url, '--vm', 'old'],
    ...['--metrics-url', `http://127.0.0.1:${(exporter.address() as AddressInfo).port}/metrics`],
    ...['--compute-unit', '1,512MiB', '--initial-size', '2,1GiB', '--max-size', '8,4GiB'],
    ...['--event-log', log, '--log-format', 'json'],
  ]);

/** As the old monitor does: the lower of the two maxima, and nothing else. */
const shakeHands = async (): Promise<MonitorSide> => {
  const side = await monitor.accept();
  expect(JSON.parse(await side.nextText())).toMatchObject({ min: 1 });
  side.send({ version: 1 });
  return side;
};

const KNOWN: ReadonlySet<string> = new Set(['HealthCheck', 'UpscaleNotification', 'DownscaleRequest']);

/** The next request that is no health check; those are answered. */
const nextRequest = async (side: MonitorSide): Promise<AgentFrame> => {
  for (;;) {
    const frame = JSON.parse(await side.nextText()) as AgentFrame;
    if (!KNOWN.has(frame.type)) side.socket.terminate();
    if (frame.type !== 'HealthCheck') return frame;
    side.send({ type: 'HealthCheck', id: frame.id });
  }
};

const units = (count: number) => ({ cpu: count, mem: count * 512 * MIB });
const shrinkTo = (count: number) => ({ type: 'DownscaleRequest', content: { target: units(count) } });

/** Confirms what is granted until it is so much: each resource is told when it is there. */
const confirmGrant = async (side: MonitorSide, count: number): Promise<void> => {
  for (let told: unknown = null; !isDeepStrictEqual(told, units(count));) {
    const { type, id, content } = await nextRequest(side);
    expect(type).toBe('UpscaleNotification');
    told = 'granted' in content ? content.granted : null;
    side.send({ type: 'UpscaleConfirmation', id });
  }
};

it('sizes its VM by the metrics, one unit more when it is asked, and one less at a time where that is agreed to', async () => {
  // With what is kept free, 0.75 of three units.
  usedBytes = 1052 * MIB;
  const log = tempDir();
  const agent = startAgent(log);
  const side = await shakeHands();
  await confirmGrant(side, 3);
  side.send({ type: 'UpscaleRequest', id: 3 });
  await confirmGrant(side, 4);

  // What was asked for lapses after 10 s.
  usedBytes = 600 * MIB;
  const refused = await nextRequest(side);
  expect(refused).toMatchObject(shrinkTo(3));
  side.send({ type: 'DownscaleResult', Ok: false, Status: 'memory is in use', id: refused.id });
  for (const count of [3, 2]) {
    const agreed = await nextRequest(side);
    expect(agreed).toMatchObject(shrinkTo(count));
    side.send({ type: 'DownscaleResult', Ok: true, Status: 'there is room', id: agreed.id });
  }
  await agent.line('decided', { vm: 'old', target: units(2) });

  agent.signal('SIGTERM');
  expect(await agent.ended).toMatchObject({ status: 0, stderr: '' });
  const { status, stdout } = await runCommand(['replay', log]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/, 0 divergences\n$/);
});
