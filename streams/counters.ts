/** The counters of one sample, and their growth between two samples. A source that fails has no counters. */
import { type Either, isRight } from 'fp-ts/Either';
import { type Counter, counterDelta } from './counter-delta';
import type { RawSample } from './raw-sample';

const NAMES = [
  'swapInPages',
  'swapOutPages',
  'refaultAnonPages',
  'refaultFilePages',
  'highEvents',
  'oomEvents',
  'oomKillEvents',
  'busyMs',
  'stealMs',
  'runDelayMs',
  'cgroupBusyMs',
  'memorySomeUs',
  'memoryFullUs',
  'cpuSomeUs',
  'ioSomeUs',
  'ioFullUs',
] as const;
type CounterName = (typeof NAMES)[number];

export type Counters = Readonly<Partial<Record<CounterName, Counter | undefined>>>;
export type Deltas = Readonly<Partial<Record<CounterName, number | undefined>>>;

const US_PER_MS = 1000;
const SAME_ERA = '';

const counter = (value: number | undefined, era = SAME_ERA): Counter | undefined =>
  value === undefined ? undefined : { value, era };

const orNone = <A>(read: Either<string, A>): A | undefined => (isRight(read) ? read.right : undefined);

/** Whole ms of the absolute value, so that rounding does not add up over the beats. */
const wholeMs = (us: number | undefined): number | undefined =>
  us === undefined ? undefined : Math.floor(us / US_PER_MS);

/**
 * Stalls count in steps of a millisecond, again of the absolute value: the microseconds below it tell
 * nothing at a beat of 10 ms or more, and their noise made the event log longer by a tenth.
 */
export const STALL_STEP_US = 1000;

const stallCounter = (us: number | undefined, era: string): Counter | undefined =>
  counter(us === undefined ? undefined : Math.floor(us / STALL_STEP_US) * STALL_STEP_US, era);

/** One literal, not parts put together: copying objects would cost more than all else in the fold. */
export const countersOf = ({ proc, cgroup }: RawSample): Counters => {
  const swap = orNone(proc.swap);
  const cpu = orNone(proc.cpu);
  const runDelay = orNone(proc.runDelay);
  const stat = orNone(cgroup.memoryStat);
  const events = orNone(cgroup.events);
  const local = orNone(cgroup.localEvents);
  const pressure = proc.pressure ?? cgroup.pressure;
  const pressureEra = proc.pressure === null ? 'cgroup' : 'VM';
  const memoryPsi = orNone(pressure.memory);
  const ioPsi = orNone(pressure.io);
  return {
    swapInPages: counter(swap?.swapInPages),
    swapOutPages: counter(swap?.swapOutPages),
    busyMs: counter(cpu?.busyMs),
    stealMs: counter(cpu?.stealMs),
    runDelayMs: counter(wholeMs(runDelay?.runDelayUs), `${runDelay?.cpus ?? 0} CPUs`),
    refaultAnonPages: counter(stat?.refaultAnonPages),
    refaultFilePages: counter(stat?.refaultFilePages),
    // A child above its own limit is no alarm of ours, a kill in a child is.
    highEvents: local === undefined ? counter(events?.high, 'events') : counter(local.high, 'events.local'),
    oomEvents: counter(events?.oom),
    oomKillEvents: counter(events?.oomKill),
    cgroupBusyMs: counter(wholeMs(orNone(cgroup.cpuUsageUs))),
    memorySomeUs: stallCounter(memoryPsi?.someUs, pressureEra),
    memoryFullUs: stallCounter(memoryPsi?.fullUs, pressureEra),
    cpuSomeUs: stallCounter(orNone(pressure.cpu)?.someUs, pressureEra),
    ioSomeUs: stallCounter(ioPsi?.someUs, pressureEra),
    ioFullUs: stallCounter(ioPsi?.fullUs, pressureEra),
  };
};

export const deltasOf = (previous: Counters, current: Counters): Deltas => {
  const deltas: Partial<Record<CounterName, number | undefined>> = {};
  for (const name of NAMES) deltas[name] = counterDelta(previous[name], current[name]);
  return deltas;
};
