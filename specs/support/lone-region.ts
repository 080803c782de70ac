/** One region of a statechart on its own: what it does, without what other regions do at the same event. */
import {
  createMachine,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  type StateValue,
} from 'xstate';
import * as t from 'io-ts';
import type { TimerChange } from '../../machines/shared/core/core';
import { readParams, stepperOf, type StatechartAction } from '../../machines/shared/core/statechart-step';

/** Any context of ours: plain JSON. */
export type PlainContext = Readonly<Record<string, unknown>>;

export interface RegionStep {
  /** 'settled', or 'requesting.sent' where a state has states of its own. */
  readonly to: string;
  /** Types of frames and commands in order, then timers by name: '+id' set, '-id' cancelled. */
  readonly does: readonly string[];
  /** What the region itself has changed in the context, by path: `granted`, `conn.open`. */
  readonly changes: PlainContext;
}

export type StepRegion = (state: string, context: PlainContext, event: EventObject) => RegionStep;

const Typed = t.type({ type: t.string });
const Send = t.intersection([t.type({ conn: t.string }), t.partial({ message: Typed, frame: Typed })]);

/** Null for a frame to nobody, which goes nowhere. */
const nameOf = (action: StatechartAction): string | null => {
  if (action.type === 'issue') return readParams(Typed, action).type;
  const { conn, message, frame } = readParams(Send, action);
  return conn === '' ? null : String((message ?? frame)?.type);
};

/** The parts of a context that are compared field by field; sizes and lists are compared whole. */
const isPart = (value: unknown): value is PlainContext =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('cpu' in value);

/** Paths of what differs, with the values after it. */
export const changesBetween = (before: PlainContext, after: PlainContext, depth = 2): PlainContext => {
  const entries = Object.keys({ ...before, ...after }).flatMap((key): [string, unknown][] => {
    const [was, is] = [before[key], after[key]];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    if (depth === 1 || !isPart(was) || !isPart(is)) return [[key, is]];
    return Object.entries(changesBetween(was, is, depth - 1)).map(([inner, value]) => [`${key}.${inner}`, value]);
  });
  return Object.fromEntries(entries);
};

export const valueOf = (name: string): StateValue => {
  const [outer = name, inner] = name.split('.');
  return inner === undefined ? outer : { [outer]: inner };
};

/** The name of a state of one region, from its part of a snapshot's value. */
export const stateNameOf = (value: StateValue | undefined): string =>
  typeof value === 'object'
    ? Object.entries(value)
        .map(([outer, inner]) => `${outer}.${stateNameOf(inner)}`)
        .join()
    : String(value);

/** What a step leaves of each timer: '+id' set, '-id' cancelled. */
export const timerNames = (timers: readonly TimerChange<string>[]): readonly string[] => {
  const last = new Map(timers.map(({ id, kind }) => [id, `${kind === 'set' ? '+' : '-'}${id}`]));
  return [...last.values()].sort();
};

/** A region that does nothing: a machine without any is at its end. */
const NO_REGION = 'none';
const IDLE = { initial: 'idle', states: { idle: {} } };

const withRegions = (machine: AnyStateMachine, regions: readonly string[]): AnyStateMachine => {
  const states = machine.config.states ?? {};
  const kept = Object.fromEntries(regions.map((region) => [region, states[region] ?? IDLE]));
  return createMachine({ ...machine.config, states: kept }, machine.implementations);
};

/** The names of a region's states, as the machine has them. */
export const statesOf = (machine: AnyStateMachine, region: string): readonly string[] =>
  Object.entries(machine.states[region]?.states ?? {}).flatMap(([name, { states }]) => {
    const inner = Object.keys(states);
    return inner.length === 0 ? [name] : inner.map((leaf) => `${name}.${leaf}`);
  });

const contextOf = (snapshot: AnyMachineSnapshot): PlainContext => snapshot.context as PlainContext;

/** Steps `region` of `machine` alone, with what the machine itself does to the context taken off. */
export const loneRegion = (machine: AnyStateMachine, region: string, input: PlainContext): StepRegion => {
  const [alone, none] = [withRegions(machine, [region]), withRegions(machine, [NO_REGION])];
  const [stepAlone, stepNone] = [stepperOf(alone, input), stepperOf(none, input)];
  return (state, context, event) => {
    const from = alone.resolveState({ value: { [region]: valueOf(state) }, context });
    const { snapshot, actions, timers } = stepAlone(from, event);
    const background = stepNone(none.resolveState({ value: { [NO_REGION]: 'idle' }, context }), event).snapshot;
    return {
      to: stateNameOf((snapshot.value as Readonly<Record<string, StateValue>>)[region]),
      does: [...actions.map(nameOf).filter((name) => name !== null), ...timerNames(timers)],
      changes: changesBetween(contextOf(background), contextOf(snapshot)),
    };
  };
};
