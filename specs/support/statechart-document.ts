/** docs/statechart.md: what the statecharts are, in text, from the machines themselves. */
import type { AnyStateMachine } from 'xstate';
import { vmMachine } from '../../machines/agent/vm.machine';
import { monitorMachine } from '../../machines/monitor/statechart/monitor.machine';
import { outlineOf, type Named, type OutlineState, type OutlineTransition } from './statechart-outline';

const HEAD = `# Statecharts

Generated from the machines (\`UPDATE_DOCS=1 npx jest specs/style/statechart-document.spec.ts\`); a spec fails when it is stale.

How to read it: a state is followed by what is done on entry and on exit, then by its transitions: the event (\`always\`: as
soon as the guard holds), \`[guards]\`, \`/ actions\`, \`→ target\`. Without a target the state stays. Of several transitions for
one event the first whose guards hold is taken. An event that is not named in a state, nor in those around it, is ignored there.
\`issue(…)\` hands a command to the actuators, \`send\` a frame to the connection; \`startTimer(timer, delay)\` bears one word where
the delay has the timer's name.`;

const listed = (names: readonly Named[]): string => names.map(({ text }) => text).join(', ');

const transitionText = ({ event, guards, actions, target }: OutlineTransition): string =>
  [
    event,
    guards.length === 0 ? '' : `[${listed(guards)}]`,
    actions.length === 0 ? '' : `/ ${listed(actions)}`,
    target === null ? '' : `→ ${target}`,
  ]
    .filter((part) => part !== '')
    .join(' ');

const stateLines = (region: number, { path, depth, isInitial, ...state }: OutlineState): readonly string[] => {
  const indent = '  '.repeat(depth - region);
  const name = path.split('.').at(-1) ?? path;
  return [
    `${indent}${name}${isInitial ? ' (initial)' : ''}`,
    ...(state.entry.length === 0 ? [] : [`${indent}    entry / ${listed(state.entry)}`]),
    ...(state.exit.length === 0 ? [] : [`${indent}    exit / ${listed(state.exit)}`]),
    ...state.transitions.map((transition) => `${indent}    ${transitionText(transition)}`),
  ];
};

const isWithin = ({ path }: OutlineState, region: string): boolean => path === region || path.startsWith(`${region}.`);

const regionSection = (outline: readonly OutlineState[], region: string): string => {
  const states = outline.filter((state) => isWithin(state, region));
  // Paths within the region are shown without its name.
  const text = states
    .flatMap((state) => stateLines(1, state))
    .join('\n')
    .replaceAll(`→ ${region}.`, '→ ');
  return `### ${region}\n\n\`\`\`text\n${text}\n\`\`\``;
};

const padded = (rows: readonly (readonly [string, string])[]): string => {
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length));
  const line = ([left, right]: readonly [string, string], fill: string): string =>
    `| ${left.padEnd(width(0), fill)} | ${right.padEnd(width(1), fill)} |`;
  const [head, ...body] = rows.map((row) => line(row, ' '));
  return [head, line(['', ''], '-'), ...body].join('\n');
};

const delayTable = (machine: AnyStateMachine): string => {
  const delays: Readonly<Record<string, unknown>> = machine.implementations.delays;
  const rows = Object.entries(delays).map(
    ([name, delay]) => [`\`${name}\``, typeof delay === 'number' ? `${delay} ms` : 'by the context'] as const,
  );
  return padded([['delay', 'length'], ...rows]);
};

const machineSection = (title: string, file: string, machine: AnyStateMachine): string => {
  const [root, ...outline] = outlineOf(machine);
  const regions = Object.keys(machine.root.states);
  return [
    `## ${title}`,
    `\`${file}\`: ${regions.length} regions side by side. An event goes to each of them, in this order.`,
    `In all states:\n\n\`\`\`text\n${root?.transitions.map(transitionText).join('\n') ?? ''}\n\`\`\``,
    ...regions.map((region) => regionSection(outline, region)),
    delayTable(machine),
  ].join('\n\n');
};

export const statechartDocument = (): string =>
  [
    HEAD,
    machineSection("The monitor's statechart", 'machines/monitor/statechart/monitor.machine.ts', monitorMachine),
    machineSection("The agent's statechart of one VM", 'machines/agent/vm.machine.ts', vmMachine),
  ].join('\n\n') + '\n';
