/**
 * A scenario as it stands in a file: a VM, its load, its agent, and what is expected of the sides. Units are those that
 * people think in; virtual-machine.ts and the loads have bytes and milliseconds.
 */
import * as t from 'io-ts';
import { defaulted } from '../../shared/events/defaulted';
import { finite } from '../../shared/events/finite';
import { nullable } from '../../shared/events/nullable';
import { Duration } from './duration';
import { LoadSpec } from './load/specs';

/** An object that may be missing: all of its fields have defaults. */
const optionalObject = <A, O>(codec: t.Type<A, O>): t.Type<A, O> =>
  new t.Type(codec.name, codec.is, (value, path) => codec.validate(value ?? {}, path), codec.encode);

const VmSpec = t.readonly(
  t.strict({
    unit: defaulted(t.strict({ cpu: finite, gib: finite }), { cpu: 0.25, gib: 1 }),
    minUnits: defaulted(finite, 1),
    maxUnits: finite,
    /** Null: the largest. */
    initialUnits: defaulted(nullable(finite), null),
    /** Null: booted with its initial size. Less: the rest was plugged later. */
    bootUnits: defaulted(nullable(finite), null),
    sharedBuffersMib: defaulted(finite, 128),
    swapMib: defaulted(finite, 0),
    /** Free room of the kernel's own zones at the start, where plugged memory is movable only; null: all memory will do. */
    kernelRoomMib: defaulted(nullable(finite), null),
    /** memory.max and memory.high of Postgres' cgroup, as somebody else has set them. */
    foreignMaxMib: defaulted(nullable(finite), null),
    foreignHighMib: defaulted(nullable(finite), null),
    /** Of the time that a task runs, the host takes this share. */
    stealShare: defaulted(finite, 0),
    /** The host lets the VM have this share of its CPUs at most. */
    quotaShare: defaulted(finite, 1),
    hasSchedstat: defaulted(t.boolean, true),
    /** False: stolen time shows as busy (CONFIG_PARAVIRT_TIME_ACCOUNTING is off). */
    showsSteal: defaulted(t.boolean, true),
    diskIops: defaulted(finite, 3_000),
    diskMs: defaulted(finite, 1),
    fileCache: defaulted(t.keyof({ absent: null, memory: null, disk: null }), 'absent'),
  }),
);
export type VmSpec = t.TypeOf<typeof VmSpec>;

const AgentSpec = t.readonly(
  t.strict({
    /** old: InvalidMessage to ScaleRequest, sizes by the reference algorithm. */
    protocol: defaulted(t.keyof({ '1.1': null, '1.0': null, old: null }), '1.1'),
    up: defaulted<Duration, unknown>(Duration, { kind: 'fixed', ms: 1_500 }),
    down: defaulted<Duration, unknown>(Duration, { kind: 'fixed', ms: 6_000 }),
    /** Shares of the requests that are denied, lost, and granted by half. */
    denyShare: defaulted(finite, 0),
    loseShare: defaulted(finite, 0),
    partialShare: defaulted(finite, 0),
    restartsAtSeconds: defaulted(t.readonlyArray(finite), []),
    informs: defaulted(t.boolean, true),
  }),
);
export type AgentSpec = t.TypeOf<typeof AgentSpec>;

const MonitorSpec = t.readonly(
  t.strict({
    protect: defaulted(t.keyof({ observe: null, tripwire: null, throttle: null, full: null }), 'tripwire'),
    restarts: defaulted(t.readonlyArray(t.strict({ atSeconds: finite, withLog: t.boolean })), []),
  }),
);
export type MonitorSpec = t.TypeOf<typeof MonitorSpec>;

/** Bounds of one score; those relative to goal-cu are factors of what that side gets in the same scenario. */
const Expected = t.readonly(
  t.exact(t.partial({ least: finite, most: finite, leastOfGoalCu: finite, mostOfGoalCu: finite })),
);
export type Expected = t.TypeOf<typeof Expected>;

export const Scenario = t.readonly(
  t.exact(
    t.intersection([
      t.type({
        name: t.string,
        about: t.string,
        minutes: finite,
        vm: VmSpec,
        load: t.readonlyArray(LoadSpec),
        agent: optionalObject(AgentSpec),
        monitor: optionalObject(MonitorSpec),
        /** Expected of headroom, by the name of the score. */
        expect: optionalObject(t.readonly(t.record(t.string, Expected))),
      }),
      t.partial({
        /** So many VMs on a host that has this share of what they would all have at their largest; each load begins later than the one before. */
        fleet: t.strict({ count: finite, hostShare: finite, staggerSeconds: defaulted(finite, 0) }),
      }),
    ]),
  ),
);
export type Scenario = t.TypeOf<typeof Scenario>;
