/** The real systemd-notify against a real datagram socket. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { right } from 'fp-ts/Either';
import { sendToManager } from '../../../../adapters/monitor/service/send';
import { serviceManager } from '../../../../adapters/monitor/service';
import { leftOf } from '../../../support/either';
import { removeTempDirs, tempDir } from '../../../support/event-log';
import { startReceiver, type Receiver } from './receiver';

const PATH = process.env['PATH'] ?? '';
const SEND_MS = 10_000;

let receiver: Receiver;
let said: string[];
const say = (line: string): void => void said.push(line);

beforeAll(() => {
  try {
    execFileSync('systemd-notify', ['--version']);
  } catch {
    throw new Error('systemd-notify is missing; make systemd installs it');
  }
});
beforeEach(async () => {
  receiver = await startReceiver();
  said = [];
});
afterEach(async () => {
  jest.useRealTimers();
  await receiver.stop();
  removeTempDirs();
});

/** systemd-notify sends BARRIER=1 behind each message and waits until it was read. */
const nextMessages = async (count: number): Promise<string[]> => {
  const messages: string[] = [];
  while (messages.length < count) {
    const message = await receiver.next();
    if (message !== 'BARRIER=1') messages.push(message);
  }
  return messages;
};

const BEAT_MS = 50;
const withWatchdog = (): { PATH: string; NOTIFY_SOCKET: string; WATCHDOG_USEC: string } => ({
  PATH,
  NOTIFY_SOCKET: receiver.socket,
  WATCHDOG_USEC: String(3 * BEAT_MS * 1000),
});

/** Beats go by a clock that a spec turns; processes and their deadlines by the real one. */
const turnBeatsByHand = (): void => {
  jest.useFakeTimers({
    doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'queueMicrotask', 'Date'],
  });
};

describe('the service manager is told', () => {
  it('when we listen and when we end', async () => {
    const manager = serviceManager({ PATH, NOTIFY_SOCKET: receiver.socket }, say);
    await manager.ready();
    expect(await nextMessages(1)).toEqual(['READY=1']);
    await manager.stopping();
    expect(await nextMessages(1)).toEqual(['STOPPING=1']);
    expect(said).toEqual([]);
  });

  it('in a message that waits until it was read, so that it is not lost with its sender', async () => {
    await serviceManager({ PATH, NOTIFY_SOCKET: receiver.socket }, say).ready();
    expect([await receiver.next(), await receiver.next()]).toEqual(['READY=1', 'BARRIER=1']);
  });

  it('that the main loop turns, again and again', async () => {
    const manager = serviceManager(withWatchdog(), say);
    await manager.ready();
    expect(await nextMessages(3)).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1']);
    await manager.stopping();
  });

  it('of the main loop from ready to the end, and neither before nor after', async () => {
    turnBeatsByHand();
    const manager = serviceManager(withWatchdog(), say);
    expect(jest.getTimerCount()).toBe(0);
    await manager.ready();
    expect(jest.getTimerCount()).toBe(1);
    await manager.stopping();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('once while it does not read, not once a beat', async () => {
    turnBeatsByHand();
    const manager = serviceManager(withWatchdog(), say);
    await manager.ready();
    receiver.signal('SIGSTOP');
    jest.advanceTimersByTime(20 * BEAT_MS);
    receiver.signal('SIGCONT');
    await manager.stopping();
    expect(await nextMessages(3)).toEqual(['READY=1', 'WATCHDOG=1', 'STOPPING=1']);
  });

  it('nothing where none started us', async () => {
    const manager = serviceManager({ PATH: '/nowhere', WATCHDOG_USEC: '1' }, say);
    await manager.ready();
    await manager.stopping();
    expect(said).toEqual([]);
  });
});

describe('what cannot be told is said once, and we go on', () => {
  it('without systemd-notify', async () => {
    const manager = serviceManager({ PATH: tempDir(), NOTIFY_SOCKET: receiver.socket }, say);
    await manager.ready();
    await manager.stopping();
    expect(said).toEqual([
      'cannot be notified: systemd-notify is not on the PATH; install it (apt-get install systemd)',
    ]);
  });

  it('without anybody at the socket', async () => {
    await receiver.stop();
    const manager = serviceManager({ PATH, NOTIFY_SOCKET: receiver.socket }, say);
    await manager.ready();
    await manager.stopping();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^cannot be notified: READY=1: .*Connection refused$/);
  });

  it('when the manager reads nothing within the time; the sender is ended', async () => {
    receiver.signal('SIGSTOP');
    await serviceManager({ PATH, NOTIFY_SOCKET: receiver.socket }, say, 200).ready();
    expect(said).toEqual(['cannot be notified: READY=1 was not taken within 200 ms']);
  });

  it('again after it went well in between', async () => {
    const environment = { PATH: tempDir(), NOTIFY_SOCKET: receiver.socket };
    const manager = serviceManager(environment, say);
    await manager.ready();
    environment.PATH = PATH;
    await manager.ready();
    environment.PATH = tempDir();
    await manager.ready();
    expect(said).toHaveLength(2);
  });

  it('with a malformed watchdog time', async () => {
    await serviceManager({ PATH, NOTIFY_SOCKET: receiver.socket, WATCHDOG_USEC: '5s' }, say).ready();
    expect(said).toEqual([expect.stringMatching(/^WATCHDOG_USEC "5s": expected microseconds/)]);
    expect(await nextMessages(1)).toEqual(['READY=1']);
  });
});

it('the orderly end does not wait for a manager that reads nothing', async () => {
  receiver.signal('SIGSTOP');
  await serviceManager({ PATH, NOTIFY_SOCKET: receiver.socket }, say, SEND_MS).stopping();
  expect(said).toEqual([]);
});

describe('the sender', () => {
  it('says what is wrong with the socket', async () => {
    const socket = join(tempDir(), 'absent');
    const sent = await sendToManager('READY=1', { PATH, NOTIFY_SOCKET: socket }, SEND_MS);
    expect(leftOf(sent)).toMatch(/^READY=1: .*No such file or directory$/);
  });

  it('gets nothing of our environment but the socket and the path', async () => {
    const bin = tempDir();
    writeFileSync(join(bin, 'systemd-notify'), '#!/bin/sh\nexport -p > "$0.env"\n', { mode: 0o755 });
    const environment = { PATH: bin, NOTIFY_SOCKET: '/x', VM_MONITOR_PGCONNSTR: 'postgres://u:secret@h/d' };
    expect(await sendToManager('READY=1', environment, SEND_MS)).toEqual(right(undefined));
    const observed = readFileSync(join(bin, 'systemd-notify.env'), 'utf8');
    expect(observed).toContain("NOTIFY_SOCKET='/x'");
    expect(observed).not.toContain('PGCONNSTR');
  });
});
