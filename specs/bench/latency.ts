/**
 * From the moment at which memory is short to the request's bytes on the agent's socket; and on to their
 * receipt by the agent, a real websocket client in this process.
 *
 * A monitor sends one request a second at most (rule R7), and a breach takes seconds to pass. Therefore
 * many monitors live side by side, and each is breached again only when its last request is more than a
 * second old. Nothing is warmed up; the first request of all is named.
 */
import { setTimeout as after } from 'node:timers/promises';
import { filter, firstValueFrom, map } from 'rxjs';
import type { MonitorOptions } from '../../adapters/embedding/start-monitor';
import type { Envelope } from '../../machines/monitor/events/logged';
import { MIB } from '../../machines/shared/units';
import type { KernelTree } from '../support/fake-kernel-tree';
import { VM_MEMORY, memoryEventsText } from '../support/kernel-texts';
import { digits, distributionOf, resolution } from './figures';
import { Room } from './latency-room';
import { atMost, type Bench, type Row } from './row';

const ROOMS = 20;
/** Between the starts of two monitors, so that their beats of 100 ms and 1 s do not fall together. */
const STAGGER_MS = 53;
const ROUNDS = 11;
const TARGET_MEDIAN_MS = 2;
const TARGET_P99_MS = 10;

interface Trigger {
  readonly name: string;
  /** From when it is counted. */
  readonly clock: string;
  readonly prepare: (room: Room) => Promise<void>;
  /** Makes memory short; resolves to the moment from which the request is awaited. */
  readonly breach: (room: Room, round: number) => Promise<number>;
  readonly calm: (tree: KernelTree) => void;
}

const SHORT_BYTES = 32 * MIB;

const isShort = ({ event }: Envelope): boolean =>
  event.type === 'sample.taken' && (event.readings.memory?.availableBytes ?? Infinity) <= SHORT_BYTES;

export const SAMPLE: Trigger = {
  name: 'sample with a shortage → request',
  clock: 'from the readings of the sample',
  prepare: () => Promise.resolve(),
  breach: ({ tree, monitor }) => {
    const sampledAt = monitor.events.pipe(
      filter(isShort),
      map(() => performance.now()),
    );
    tree.setMemAvailableBytes(SHORT_BYTES);
    return firstValueFrom(sampledAt);
  },
  calm: (tree) => {
    tree.setMemAvailableBytes(VM_MEMORY.availableBytes);
  },
};

/** Just above anon + shmem of the tree, so that they confirm the crossing (rule R4). */
const HIGH_BYTES = 100 * MIB;

const showsLimit = ({ event }: Envelope): boolean =>
  event.type === 'sample.taken' && event.readings.cgroup?.highBytes === HIGH_BYTES;

const NOTIFICATION: Trigger = {
  name: 'kernel notification → request',
  clock: 'from the write of memory.events.local, with watch and reading',
  // After the start, which would lift it: a limit of somebody else, who is left alone.
  prepare: async ({ tree, monitor }) => {
    const observed = monitor.events.pipe(filter(showsLimit));
    tree.set('cgroup/memory.high', `${HIGH_BYTES}\n`);
    await firstValueFrom(observed);
  },
  breach: ({ tree }, round) => {
    const begunAt = performance.now();
    tree.set('cgroup/memory.events.local', memoryEventsText(round + 1));
    return Promise.resolve(begunAt);
  },
  calm: () => undefined,
};

/** Milliseconds since the breach. */
interface Latency {
  readonly toSocket: number;
  readonly toAgent: number;
}

const latenciesIn = async (room: Room, trigger: Trigger): Promise<readonly Latency[]> => {
  const latencies: Latency[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const requested = room.nextWish();
    const begunAt = await trigger.breach(room, round);
    const { sentAt, heardAt } = await requested;
    latencies.push({ toSocket: sentAt - begunAt, toAgent: heardAt - begunAt });
    trigger.calm(room.tree);
    await room.settle();
  }
  return latencies;
};

/** A monitor and all its rounds. */
const runRoom = async (trigger: Trigger, options: MonitorOptions, index: number): Promise<readonly Latency[]> => {
  await after(index * STAGGER_MS);
  const room = await Room.open(options);
  await trigger.prepare(room);
  const latencies = await latenciesIn(room, trigger);
  await room.close();
  return latencies;
};

/** Of many monitors with these options each: their rounds lie in the same seconds, so that sides can be compared. */
export const latenciesOf = async (
  trigger: Trigger,
  ...sides: readonly MonitorOptions[]
): Promise<readonly (readonly Latency[])[]> => {
  const rooms = await Promise.all(
    Array.from({ length: ROOMS }, (_, index) => runRoom(trigger, sides[index % sides.length] ?? {}, index)),
  );
  return sides.map((_, side) => rooms.filter((_room, index) => index % sides.length === side).flat());
};

const rowsOf = async (trigger: Trigger): Promise<readonly Row[]> => {
  const [latencies = []] = await latenciesOf(trigger, {});
  const toSocket = distributionOf(latencies.map((latency) => latency.toSocket));
  const toAgent = distributionOf(latencies.map((latency) => latency.toAgent));
  const first = digits(latencies[0]?.toSocket ?? NaN);
  const notes = [
    `to the socket: ${resolution(toSocket, 'ms')}; ${trigger.clock}; the first of all ${first} ms`,
    `to the agent:  ${resolution(toAgent, 'ms')}`,
  ];
  return [
    atMost(TARGET_MEDIAN_MS, { name: `${trigger.name}, median`, value: toSocket.median, unit: 'ms', notes }),
    atMost(TARGET_P99_MS, { name: `${trigger.name}, p99`, value: toSocket.p99, unit: 'ms', notes: [] }),
  ];
};

export const latency: Bench = async () => [...(await rowsOf(SAMPLE)), ...(await rowsOf(NOTIFICATION))];
