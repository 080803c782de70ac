/** A statechart as data: its states and transitions, with the names of their guards, actions and delays. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** Of what bears no name in `setup`. */
export const UNNAMED = '(unnamed)';

export interface Named {
  readonly kind: 'action' | 'guard' | 'delay';
  /** UNNAMED for a function or a number in place. */
  readonly name: string;
  /** The name, with what it is given in parentheses. */
  readonly text: string;
}

export interface OutlineTransition {
  /** "always" for one without an event, "after <delay>" for one that waits. */
  readonly event: string;
  readonly guards: readonly Named[];
  /** The delay of one that waits. */
  readonly delays: readonly Named[];
  readonly actions: readonly Named[];
  /** Null: the state stays. */
  readonly target: string | null;
}

export interface OutlineState {
  /** "sizing.requesting.sent" */
  readonly path: string;
  readonly depth: number;
  readonly isInitial: boolean;
  readonly entry: readonly Named[];
  readonly exit: readonly Named[];
  readonly transitions: readonly OutlineTransition[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** Values alone: which parameter each is, its place tells. A timer's delay is said only if it bears another name. */
const paramsText = (params: unknown): string =>
  isRecord(params) ? [...new Set(Object.values(params).map(String))].join(', ') : '';

const withParams = (kind: Named['kind'], name: string, params: unknown): Named => {
  const text = paramsText(params);
  return { kind, name, text: text === '' ? name : `${name}(${text})` };
};

const named = (kind: Named['kind'], value: unknown): Named => {
  if (typeof value === 'string') return { kind, name: value, text: value };
  if (typeof value !== 'function' && isRecord(value) && typeof value['type'] === 'string')
    return withParams(kind, value['type'], value['params']);
  return { kind, name: UNNAMED, text: UNNAMED };
};

/** `and`, `or` and `not` are made of named guards. */
const guardsOf = (guard: unknown): readonly Named[] => {
  if (guard === undefined) return [];
  if (isRecord(guard) && Array.isArray(guard['guards'])) return guard['guards'].flatMap(guardsOf);
  return [named('guard', guard)];
};

/** What `after` puts into entry and exit is shown as a transition. */
const isOfAfter = (action: unknown): boolean =>
  typeof action === 'function' &&
  'type' in action &&
  (action.type === 'xstate.raise' || action.type === 'xstate.cancel')
    ? String('id' in action ? action.id : 'sendId' in action ? action.sendId : '').startsWith('xstate.after.')
    : false;

const actionsOf = (actions: readonly unknown[]): readonly Named[] =>
  actions.filter((action) => !isOfAfter(action)).map((action) => named('action', action));

const pathOf = (node: AnyStateNode): string => node.path.join('.');

interface Definition {
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly target?: readonly AnyStateNode[] | undefined;
}

const transitionOf = (event: string, delays: readonly Named[], definition: Definition): OutlineTransition => ({
  event,
  delays,
  guards: guardsOf(definition.guard),
  actions: actionsOf(definition.actions),
  target: definition.target?.map(pathOf).join(', ') ?? null,
});

const transitionsOf = (node: AnyStateNode): readonly OutlineTransition[] => [
  ...(node.always ?? []).map((definition) => transitionOf('always', [], definition)),
  ...[...node.transitions]
    .filter(([event]) => !event.startsWith('xstate.after.'))
    .flatMap(([event, definitions]) => definitions.map((definition) => transitionOf(event, [], definition))),
  ...node.after.map((definition) => {
    const delay = named('delay', definition.delay);
    return transitionOf(`after ${delay.text}`, [delay], definition);
  }),
];

const statesOf = (node: AnyStateNode): readonly OutlineState[] => [
  {
    path: pathOf(node),
    depth: node.path.length,
    isInitial: node.parent?.type === 'compound' && node.parent.initial.target[0] === node,
    entry: actionsOf(node.entry),
    exit: actionsOf(node.exit),
    transitions: transitionsOf(node),
  },
  ...Object.values(node.states).flatMap(statesOf),
];

/** Every state, the machine itself first, each before those that are in it. */
export const outlineOf = (machine: AnyStateMachine): readonly OutlineState[] => statesOf(machine.root);

/** All that a state refers to. */
export const namesIn = (state: OutlineState): readonly Named[] => [
  ...state.entry,
  ...state.exit,
  ...state.transitions.flatMap(({ guards, delays, actions }) => [...guards, ...delays, ...actions]),
];
