/**
 * A small client of QEMU's control socket (QMP), for what specs assert about the hypervisor. The monitor's project has a
 * driver of its own; specs must not believe it, so nothing is shared.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { frameQueue } from '../../support/frame-queue';
import { within } from './within';
import { QMP_DEADLINE_MS } from './limits';
import { MEMORY_DEVICE } from './qemu-command';

const Answer = t.union([t.type({ return: t.unknown }), t.type({ error: t.type({ class: t.string, desc: t.string }) })]);

const HotpluggableCpus = t.array(
  t.intersection([
    t.type({ type: t.string, props: t.record(t.string, t.unknown) }),
    t.partial({ 'qom-path': t.string }),
  ]),
);

export interface Qmp {
  /** Runs a command; rejects with QEMU's words when it refuses. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Bytes of plugged memory that the guest has taken, beside those at boot. */
  pluggedBytes(): Promise<number>;
  /** What it was asked to have, by whomever. */
  requestedBytes(): Promise<number>;
  /** Asks the guest to have so many plugged bytes; it follows by and by, or not. */
  requestPlugged(bytes: number): Promise<void>;
  /** vCPUs that exist; the guest may have some of them offline. */
  vcpus(): Promise<number>;
  /** Plugs one vCPU more. There is no way back: unplugging one breaks QEMU 7.2 under emulation. */
  plugVcpu(): Promise<void>;
  close(): void;
}

const decoded = <A>(codec: t.Type<A, unknown>, what: string, value: unknown): A => {
  const read = codec.decode(value);
  if (E.isLeft(read)) throw new Error(`${what}: unexpected answer ${JSON.stringify(value)}`);
  return read.right;
};

/** @param path QEMU's socket */
export const connectQmp = async (path: string): Promise<Qmp> => {
  const socket = connect(path);
  const answers = frameQueue();
  socket.on('error', () => undefined); // A close follows.
  socket.once('close', () => {
    answers.end(new Error('QEMU has closed its control socket'));
  });
  // Events come in between; nobody here waits for one.
  createInterface(socket).on('line', (line) => {
    if (!line.startsWith('{"timestamp"')) answers.push(line);
  });
  await once(socket, 'connect');
  await answers.next(); // The greeting.

  let order: Promise<unknown> = Promise.resolve();
  const ask = async (command: string, args: Readonly<Record<string, unknown>>): Promise<unknown> => {
    socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const text = await within(QMP_DEADLINE_MS, `QEMU does not answer ${command}`, answers.next());
    const answer = decoded(Answer, command, JSON.parse(text));
    if ('error' in answer) throw new Error(`${command}: ${answer.error.desc}`);
    return answer.return;
  };
  /** One at a time, so that answers need no ids. */
  const execute: Qmp['execute'] = (command, args = {}) => {
    const asked = order.then(() => ask(command, args));
    order = asked.catch(() => undefined);
    return asked;
  };
  await execute('qmp_capabilities');

  const device = { path: `/machine/peripheral/${MEMORY_DEVICE}` };
  const bytesOf = async (property: string): Promise<number> =>
    decoded(t.number, property, await execute('qom-get', { ...device, property }));
  return {
    execute,
    pluggedBytes: () => bytesOf('size'),
    requestedBytes: () => bytesOf('requested-size'),
    requestPlugged: async (bytes) => {
      await execute('qom-set', { ...device, property: 'requested-size', value: bytes });
    },
    vcpus: async () => decoded(t.array(t.unknown), 'vCPUs', await execute('query-cpus-fast')).length,
    plugVcpu: async () => {
      const slots = decoded(HotpluggableCpus, 'slots', await execute('query-hotpluggable-cpus'));
      const free = slots.filter((slot) => slot['qom-path'] === undefined).at(-1);
      if (free === undefined) throw new Error(`all ${slots.length} vCPUs are plugged`);
      await execute('device_add', { driver: free.type, ...free.props });
    },
    close: () => {
      socket.destroy();
    },
  };
};
