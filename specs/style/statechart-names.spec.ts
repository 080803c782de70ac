/** Guards, actions and delays have names, so that a picture of a statechart can show what it does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AnyStateMachine, createMachine, setup } from 'xstate';
import { vmMachine } from '../../machines/agent/vm.machine';
import { monitorMachine } from '../../machines/monitor/statechart/monitor.machine';
import { ROOT } from '../support/repository-root';
import { namesIn, outlineOf, UNNAMED } from '../support/statechart-outline';

/** Each place that refers to what has no name, or to a name without an implementation. */
const faultsOf = (machine: AnyStateMachine): readonly string[] => {
  const { actions, guards, delays } = machine.implementations;
  const known = { action: Object.keys(actions), guard: Object.keys(guards), delay: Object.keys(delays) };
  return outlineOf(machine).flatMap((state) =>
    namesIn(state).flatMap(({ kind, name }) => {
      if (name === UNNAMED) return [`${state.path}: a ${kind} without a name`];
      return known[kind].includes(name) ? [] : [`${state.path}: no ${kind} is called ${name}`];
    }),
  );
};

/** Names that nothing refers to: neither the statechart nor, for what is enqueued, another action. */
const unusedOf = (machine: AnyStateMachine, enqueued: readonly string[]): readonly string[] => {
  const { actions, guards } = machine.implementations;
  const used = new Set([
    ...outlineOf(machine)
      .flatMap(namesIn)
      .map(({ name }) => name),
    ...enqueued,
  ]);
  return [...Object.keys(actions), ...Object.keys(guards)].filter((name) => !used.has(name));
};

/** What only other actions enqueue. */
const ENQUEUED = ['send'];

describe.each<[string, AnyStateMachine]>([
  ['monitor', monitorMachine],
  ['vm', vmMachine],
])('the statechart %s', (_, machine) => {
  it('names all its guards, actions and delays', () => {
    expect(faultsOf(machine)).toEqual([]);
  });

  it('has no guard and no action that it does not use', () => {
    expect(unusedOf(machine, ENQUEUED)).toEqual([]);
  });
});

/** The one place that gives a delay to XState takes its name; any other would hide how long it is. */
const timersSetIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /\braise\([^;]*\bdelay\b/.test(readFileSync(join(ROOT, folder, file), 'utf8')));

it.each(['machines/monitor/statechart', 'machines/agent'])('timers are set by name in %s', (folder) => {
  expect(timersSetIn(folder)).toEqual(['setup.ts']);
});

describe('the check itself', () => {
  const tiny = setup({ actions: { act: () => undefined }, guards: { holds: () => true }, delays: { soon: 10 } });

  it('takes named ones', () => {
    const machine = tiny.createMachine({
      initial: 'a',
      states: { a: { entry: 'act', after: { soon: 'b' }, on: { go: { guard: 'holds', target: 'b' } } }, b: {} },
    });
    expect(faultsOf(machine)).toEqual([]);
  });

  it.each([
    ['guard', { on: { go: { guard: () => true, target: 'b' } } }],
    ['action', { exit: () => undefined }],
    ['delay', { after: { 10: 'b' } }],
  ])('reports a %s without a name', (kind, state) => {
    const machine = tiny.createMachine({ initial: 'a', states: { a: state, b: {} } });
    expect(faultsOf(machine)).toEqual([`a: a ${kind} without a name`]);
  });

  it('reports a name that nothing stands for', () => {
    const machine = createMachine({ initial: 'a', states: { a: { entry: 'act' } } });
    expect(faultsOf(machine)).toEqual(['a: no action is called act']);
  });

  it('reports a name that nothing refers to', () => {
    const machine = tiny.createMachine({ initial: 'a', states: { a: { entry: 'act' } } });
    expect(unusedOf(machine, [])).toEqual(['holds']);
  });
});
