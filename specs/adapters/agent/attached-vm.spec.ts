/** The shell around one VM, over a real socket to a monitor that is played. */
import { attachVm, type AttachedVm } from '../../../adapters/agent/attached-vm';
import { SESSION_TIMING, type SessionTiming } from '../../../adapters/agent/session/timing';
import { noHypervisor } from '../../../adapters/agent/hypervisor/none';
import type { Fields } from '../../../adapters/shared/logging/line';
import type { AgentInput } from '../../../machines/agent/events';
import { units } from '../../support/chart-events';
import { startFakeMonitor, type FakeMonitor } from '../../support/fake-monitor';
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';

let monitor: FakeMonitor;
let attached: AttachedVm;
let heard: ReplaySubject<AgentInput>;
const warnings: Fields[] = [];
/** Resolves at the first warning. */
let said: Promise<void>;

const attach = (timing: Partial<SessionTiming> = {}): void => {
  heard = new ReplaySubject();
  warnings.length = 0;
  let onWarning = (): void => undefined;
  said = new Promise((resolve) => (onWarning = resolve));
  const warn = (msg: string, fields: Fields = {}): void => {
    warnings.push({ msg, ...fields });
    onWarning();
  };
  attached = attachVm({
    place: {
      name: 'a',
      monitorUrl: monitor.url,
      qmp: null,
      qemuCgroup: null,
      metricsUrl: null,
      initial: units(2),
      delayMs: 0,
    },
    token: 's3cret',
    hypervisor: noHypervisor({ initial: units(2), min: units(1), max: units(4), delayMs: 0 }),
    emit: (input) => {
      heard.next(input);
    },
    logger: { info: () => undefined, warn, error: () => undefined },
    fail: (error) => {
      throw error;
    },
    timing: { ...SESSION_TIMING, firstRetryMs: 10, longestRetryMs: 40, ...timing },
  });
};

const first = <T extends AgentInput['type']>(type: T): Promise<Extract<AgentInput, { type: T }>> =>
  firstValueFrom(heard.pipe(filter((input): input is Extract<AgentInput, { type: T }> => input.type === type)));

beforeEach(async () => {
  monitor = await startFakeMonitor();
  attach();
});
afterEach(async () => {
  await attached.stop();
  await monitor.stop();
});

it('shakes hands with the token, and tells version and nonce', async () => {
  const side = await monitor.acceptAgent();
  expect(side.authorization).toBe('Bearer s3cret');
  expect(await first('session.opened')).toEqual({ type: 'session.opened', vm: 'a', conn: '00ff', version: '1.1' });
});

it('brings frames, and sends those of its own connection only', async () => {
  const side = await monitor.acceptAgent();
  await first('session.opened');
  attached.perform({ type: 'frame.sent', vm: 'a', conn: 'another', text: '{"type":"lost"}' });
  attached.perform({ type: 'frame.sent', vm: 'a', conn: '00ff', text: '{"type":"VmInfo"}' });
  expect(await side.nextText()).toBe('{"type":"VmInfo"}');
  side.socket.send('anything');
  expect(await first('frame.received')).toEqual({ type: 'frame.received', vm: 'a', conn: '00ff', text: 'anything' });
});

it('tells of a loss, and connects again', async () => {
  (await monitor.acceptAgent()).socket.close(1012, 'restart');
  expect(await first('session.lost')).toEqual({
    type: 'session.lost',
    vm: 'a',
    conn: '00ff',
    reason: 'closed: 1012 restart',
  });
  await monitor.acceptAgent();
});

it('looks often for a monitor that restarts', async () => {
  await attached.stop();
  await monitor.stop();
  monitor = await startFakeMonitor();
  attach({ firstRetryMs: 60_000, longestRetryMs: 60_000, lastingMs: 0 });
  await monitor.acceptAgent();
  await first('session.opened');
  const { port } = monitor;
  await monitor.stop();
  await said;
  monitor = await startFakeMonitor(port);
  await monitor.acceptAgent();
});

it('a connection that the core gives up ends with its reason', async () => {
  await monitor.acceptAgent();
  await first('session.opened');
  const command = { type: 'session.close', conn: '00ff', reason: '3 health checks unanswered' } as const;
  attached.perform({ type: 'command.issued', vm: 'a', id: 1, command });
  expect((await first('session.lost')).reason).toBe('3 health checks unanswered');
});

it('commands end in their outcomes', async () => {
  const commands = ['hypervisor.describe', 'hypervisor.observe', 'metrics.scrape'] as const;
  commands.forEach((type, id) => {
    attached.perform({ type: 'command.issued', vm: 'a', id, command: { type } });
  });
  expect(await first('hypervisor.described')).toMatchObject({ id: 0, min: units(1), max: units(4) });
  expect(await first('hypervisor.observed')).toEqual({ type: 'hypervisor.observed', vm: 'a', id: 1, size: units(2) });
  expect(await first('metrics.failed')).toMatchObject({ id: 2, reason: 'no --metrics-url' });
  const request = { type: 'hypervisor.requestMemory', memBytes: units(3).mem } as const;
  attached.perform({ type: 'command.issued', vm: 'a', id: 3, command: request });
  expect(await first('hypervisor.taken')).toMatchObject({ id: 3 });
});

it('a monitor that is not there is said once, until it is there', async () => {
  const { port } = monitor;
  await attached.stop();
  await monitor.stop();
  attach();
  await said;
  monitor = await startFakeMonitor(port);
  await monitor.acceptAgent();
  expect(warnings).toEqual([{ msg: 'no monitor', vm: 'a', reason: `connect ECONNREFUSED 127.0.0.1:${port}` }]);
});
