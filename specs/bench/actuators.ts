/**
 * From the kernel's notification to memory.high being lifted, by a whole monitor on ordinary files: the
 * watch of the event loop, the reflex, one synchronous write. What a write to a real cgroup takes beyond
 * one to a file on this disk is not in it.
 */
import { setTimeout as after } from 'node:timers/promises';
import { filter, firstValueFrom, merge, type Observable } from 'rxjs';
import { startMonitor } from '../../adapters/embedding/start-monitor';
import type { Envelope } from '../../machines/monitor/events/logged';
import { MIB } from '../../machines/shared/units';
import { tempDir } from '../support/event-log';
import { createKernelTree, type KernelTree } from '../support/fake-kernel-tree';
import { CGROUP_MEMORY, VM_MEMORY, memoryEventsText, procStatText } from '../support/kernel-texts';
import { distributionOf, resolution } from './figures';
import { atMost, type Bench } from './row';

/** Side by side, each with a beat of its own. */
const MONITORS = 10;
const STAGGER_MS = 97;
const ROUNDS = 11;
const TARGET_MEDIAN_MS = 2;
const TARGET_P99_MS = 10;

/** More tasks than a calm VM has: ten beats a second. */
const BUSY_PROCS = 5;

/** A beat: 20 MiB/s, and after a trip from the beginning. */
const STEP_BYTES = 2 * MIB;

const ofType = (events: Observable<Envelope>, type: Envelope['event']['type']): Observable<Envelope> =>
  events.pipe(filter(({ event }) => event.type === type));

/** Use grows with each beat until the subscription ends. */
const grow = (events: Observable<Envelope>, tree: KernelTree) => {
  let grownBytes = 0;
  return ofType(events, 'sample.taken').subscribe(() => {
    grownBytes += STEP_BYTES;
    tree.setMemAvailableBytes(VM_MEMORY.availableBytes - grownBytes);
    tree.setAnonBytes(CGROUP_MEMORY.anonBytes + grownBytes);
  });
};

/** On a busy machine one in some hundred wires is lifted of itself, because growth seemed to be over. */
const MOST_TRIES = 5;

/** Milliseconds from the write of memory.events.local to the tripwire being lifted; null: it was lifted before it tripped. */
const tripOnce = async (events: Observable<Envelope>, tree: KernelTree, round: number): Promise<number | null> => {
  const armed = firstValueFrom(ofType(events, 'tripwire.armed'));
  const growth = grow(events, tree);
  await armed;
  growth.unsubscribe();
  const ended = firstValueFrom(merge(ofType(events, 'tripwire.tripped'), ofType(events, 'tripwire.lifted')));
  const begunAt = performance.now();
  tree.set('cgroup/memory.events.local', memoryEventsText(round + 1));
  const { event } = await ended;
  return event.type === 'tripwire.tripped' ? performance.now() - begunAt : null;
};

const tripSurely = async (events: Observable<Envelope>, tree: KernelTree, round: number): Promise<number> => {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const tookMs = await tripOnce(events, tree, round);
    if (tookMs !== null) return tookMs;
  }
  throw new Error(`the tripwire was lifted ${MOST_TRIES} times before it tripped`);
};

const runMonitor = async (index: number): Promise<readonly number[]> => {
  await after(index * STAGGER_MS);
  const tree = createKernelTree();
  tree.set('proc/stat', procStatText(0, BUSY_PROCS));
  const { cgroup, cgroupRoot, procRoot } = tree;
  const stop = new AbortController();
  const options = { addr: '127.0.0.1:0', cgroup, cgroupRoot, procRoot, eventLog: tempDir() };
  const monitor = await startMonitor(options, stop.signal);
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) took.push(await tripSurely(monitor.events, tree, round));
  stop.abort();
  await monitor.done;
  tree.dispose();
  return took;
};

export const actuators: Bench = async () => {
  const took = (await Promise.all(Array.from({ length: MONITORS }, (_, index) => runMonitor(index)))).flat();
  const distribution = distributionOf(took);
  const name = 'kernel notification → memory.high lifted';
  const notes = [`${resolution(distribution, 'ms')}; from the write of memory.events.local, with the watch`];
  return [
    atMost(TARGET_MEDIAN_MS, { name: `${name}, median`, value: distribution.median, unit: 'ms', notes }),
    atMost(TARGET_P99_MS, { name: `${name}, p99`, value: distribution.p99, unit: 'ms', notes: [] }),
  ];
};
