/** What the driver makes of a server that is no well-behaved QEMU. The server is scripted: see specs/support/scripted-qmp.ts. */
import { type Hypervisor } from '../../../../../adapters/agent/hypervisor/hypervisor';
import { openQemu } from '../../../../../adapters/agent/hypervisor/qemu';
import { leftOf, rightOf } from '../../../../support/either';
import { answers, returns, type Script, ScriptedQmp } from '../../../../support/scripted-qmp';
import { MAX_QMP_LINE_BYTES, type QmpTiming } from '../../../../../adapters/agent/hypervisor/qemu/session';
import { TIMING } from '../../../../../adapters/agent/hypervisor/qemu/driver';

const SIZE = { cpu: 1, mem: 2 ** 29 };
const ASKED_FIRST = 'query-memory-size-summary';

let server: ScriptedQmp;
let driver: Hypervisor;
const said: string[] = [];

const start = async (script: Script, timing: Partial<QmpTiming> = {}, greeting?: string): Promise<void> => {
  server = new ScriptedQmp(script, greeting);
  await server.listen();
  driver = openQemu(
    { socketPath: server.socketPath, cgroup: null, warn: (line) => said.push(line) },
    { ...TIMING, firstRetryMs: 5, longestRetryMs: 20, ...timing },
  );
};

afterEach(async () => {
  await driver.close();
  await server.remove();
  said.length = 0;
});

/** Asks until there is a size: what an agent does, at its own pace. */
const seenAtLast = async (): Promise<unknown> => {
  for (;;) {
    const observed = await driver.observed();
    if (observed._tag === 'Right') return observed.right;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const BAD_ANSWERS: readonly (readonly [string, string, RegExp])[] = [
  ['garbage', 'garbage{\n', /found "garbage\{", expected a message of QMP$/],
  ['an empty line', '\n', /found "", expected a message of QMP$/],
  ['an array', '[]\n', /found "\[\]", expected a message of QMP$/],
  ['an answer to nothing', '{"return":{},"id":77}\n', /an answer to nothing, id 77$/],
  ['an error without an id', '{"error":{"class":"GenericError","desc":"JSON parse error"}}\n', /JSON parse error$/],
  ['a second greeting', '{"QMP":{"capabilities":[]}}\n', /a second greeting$/],
  ['a line without an end', 'x'.repeat(MAX_QMP_LINE_BYTES + 1), /a line of more than 1048576 bytes$/],
];

describe.each(BAD_ANSWERS)('%s in place of an answer', (_name, bytes, reason) => {
  it('ends the call with a reason, and the next connection begins anew', async () => {
    await start({ [ASKED_FIRST]: (socket) => socket.write(bytes) });
    expect(leftOf(await driver.observed())).toMatch(reason);
    server.script = {};
    expect(await seenAtLast()).toEqual(SIZE);
    expect(server.connections).toBeGreaterThanOrEqual(2);
  });
});

it('puts an answer together that comes byte by byte, behind events', async () => {
  await start({
    [ASKED_FIRST]: (socket, { id }) => {
      const text = `{"event":"RESUME","timestamp":{}}\r\n${JSON.stringify({ return: { 'base-memory': 5 }, id })}\r\n`;
      for (const byte of text) socket.write(byte);
    },
  });
  expect(rightOf(await driver.observed())).toEqual({ cpu: 1, mem: 5 });
});

it('tells the reason of a command that QEMU refuses, and stays connected', async () => {
  const error = { class: 'GenericError', desc: 'the guest is migrating' };
  await start({ [ASKED_FIRST]: (socket, { id }) => socket.write(`${JSON.stringify({ id, error })}\n`) });
  expect(leftOf(await driver.observed())).toBe('query-memory-size-summary: GenericError: the guest is migrating');
  expect(leftOf(await driver.observed())).toContain('the guest is migrating');
  expect(server.connections).toBe(1);
});

it('refuses an answer of another shape', async () => {
  await start({ [ASKED_FIRST]: answers({ 'base-memory': 'much' }) });
  expect(leftOf(await driver.observed())).toContain('the answer has another shape than this build knows');
});

it('refuses a virtio-mem device of another shape rather than leave it out', async () => {
  await start({ 'query-memory-devices': answers([{ type: 'virtio-mem', data: { size: 1 } }]) });
  expect(leftOf(await driver.observed())).toContain('a virtio-mem device has another shape');
});

it('ends a call that gets no answer, and connects anew', async () => {
  await start({ [ASKED_FIRST]: () => undefined }, { commandMs: 30 });
  expect(leftOf(await driver.observed())).toMatch(/no answer to query-memory-size-summary within 30 ms$/);
  server.script = {};
  expect(await seenAtLast()).toEqual(SIZE);
});

it('bounds a call of many commands by one deadline', async () => {
  const slots = Array.from({ length: 50 }, (_, core) => ({ type: 'cpu', 'vcpus-count': 1, props: { core } }));
  await start(
    {
      'query-hotpluggable-cpus': answers(slots),
      device_add: (socket, asked) => setTimeout(returns, 20, socket, asked, {}),
    },
    { callMs: 200 },
  );
  expect(leftOf(await driver.requestCpu(50))).toMatch(/^\d+ of 50 vCPUs were plugged: /);
  expect(server.heard.length).toBeLessThan(20);
});

it('tells that a server vanished in the middle of a command, and finds the next one', async () => {
  await start({ [ASKED_FIRST]: (socket) => socket.destroy() });
  expect(leftOf(await driver.observed())).toMatch(/QEMU has closed the connection$/);
  await server.vanish();
  expect(leftOf(await driver.observed())).toContain(server.socketPath);
  server.script = {};
  await server.listen();
  expect(await seenAtLast()).toEqual(SIZE);
});

it('asks whether another client holds the socket when there is no greeting', async () => {
  await start({}, { connectMs: 30 }, '');
  expect(leftOf(await driver.observed())).toMatch(/no greeting \(does another client hold it\?\) within 30 ms$/);
});

it('takes no more calls than it can answer', async () => {
  await start({ [ASKED_FIRST]: () => undefined }, { commandMs: 50 });
  const calls = await Promise.all(Array.from({ length: 20 }, () => driver.observed()));
  expect(calls.map(leftOf).filter((reason) => reason.endsWith('calls wait for QEMU')).length).toBeGreaterThan(0);
});

it('answers nothing after it was closed', async () => {
  await start({});
  await driver.close();
  expect(leftOf(await driver.observed())).toMatch(/closed$/);
});

it('tells how far it came when a plug half happens', async () => {
  const slot = (core: number) => ({ type: 'cpu', 'vcpus-count': 1, props: { 'core-id': core } });
  const error = { class: 'GenericError', desc: 'no room' };
  let plugs = 0;
  await start({
    'query-hotpluggable-cpus': answers([slot(2), slot(1), slot(0)]),
    device_add: (socket, asked) => {
      plugs += 1;
      if (plugs === 1) returns(socket, asked, {});
      else socket.write(`${JSON.stringify({ id: asked.id, error })}\n`);
    },
  });
  expect(leftOf(await driver.requestCpu(3))).toBe('1 of 3 vCPUs were plugged: device_add: GenericError: no room');
  expect(server.heard.filter(({ execute }) => execute === 'device_add').map((asked) => asked.arguments)).toEqual([
    { 'core-id': 0, driver: 'cpu', id: 'vm-monitor-cpu0' },
    { 'core-id': 1, driver: 'cpu', id: 'vm-monitor-cpu1' },
  ]);
});

describe('three vCPUs, two of them plugged later', () => {
  const slot = (path: string) => ({ type: 'cpu', 'vcpus-count': 1, props: {}, 'qom-path': path });
  const slots = [
    slot('/machine/peripheral/vm-monitor-cpu2'),
    slot('/machine/peripheral/vm-monitor-cpu1'),
    slot('/machine/unattached/device[0]'),
  ];
  const unplugged = (): unknown[] =>
    server.heard.filter(({ execute }) => execute === 'device_del').map((asked) => asked.arguments?.['id']);

  it('are given back last one first under KVM, never those of the boot', async () => {
    await start({ 'query-hotpluggable-cpus': answers(slots), 'query-kvm': answers({ enabled: true }) });
    rightOf(await driver.requestCpu(1.5));
    expect(unplugged()).toEqual(['vm-monitor-cpu2']);
    rightOf(await driver.requestCpu(0.5));
    expect(unplugged()).toEqual(['vm-monitor-cpu2', 'vm-monitor-cpu2', 'vm-monitor-cpu1']);
  });

  it('stay under TCG, where QEMU does not survive an unplug', async () => {
    await start({ 'query-hotpluggable-cpus': answers(slots), 'query-kvm': answers({ enabled: false }) });
    rightOf(await driver.requestCpu(1));
    expect(unplugged()).toEqual([]);
  });

  it('are not believed to be gone when the guest refuses: that is said', async () => {
    await start({
      'query-hotpluggable-cpus': answers(slots),
      'query-kvm': answers({ enabled: true }),
      device_del: (socket, asked) => {
        returns(socket, asked, {});
        socket.write('{"event":"DEVICE_UNPLUG_GUEST_ERROR","data":{"device":"vm-monitor-cpu2","path":"/p"}}\n');
      },
    });
    rightOf(await driver.requestCpu(2));
    expect(rightOf(await driver.observed()).cpu).toBe(3);
    expect(said).toContain('the guest does not give back vm-monitor-cpu2 (DEVICE_UNPLUG_GUEST_ERROR)');
  });
});
