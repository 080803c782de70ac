/** What the scripts of the monitor's and of the agent's logs show. */
import { isRight } from 'fp-ts/Either';
import type { Type } from 'io-ts';
import { AGENT_LOG } from '../../machines/agent/replay';
import { SavedAgent } from '../../machines/agent/state';
import { MONITOR_LOG } from '../../machines/monitor/engine/replay';
import { SavedState } from '../../machines/monitor/engine/state';
import { stateNameOf } from '../support/lone-region';
import type { Regions, Showing } from './script';
import { textOf } from './script-texts';

const decoded = <A>(codec: Type<A>, saved: unknown): A => {
  const read = codec.decode(saved);
  if (isRight(read)) return read.right;
  throw new Error('a state that its own codec does not know');
};

const showing = <Input extends { type: string }, Output extends { type: string }>(
  shown: Showing<Input, Output>,
): Showing<Input, Output> => shown;

export const MONITOR = showing({
  role: MONITOR_LOG,
  regionsOf: (saved): Regions => {
    const { value } = decoded(SavedState, saved).statechart;
    return Object.fromEntries(Object.entries(value).map(([region, state]) => [region, stateNameOf(state)]));
  },
  routineInputs: new Set(['sample.taken']),
  routineRegions: new Set(),
  isRoutine: () => false,
  summary: (count, last) => `${count} samples, the last: ${textOf(last)}`,
});

/** The agent observes the hypervisor and the metrics and checks the monitor's health all the time; a resize takes steps. */
const ROUTINE_COMMANDS = new Set([
  'hypervisor.observe',
  'hypervisor.requestMemory',
  'hypervisor.requestCpu',
  'metrics.scrape',
]);

export const AGENT = showing({
  role: AGENT_LOG,
  regionsOf: (saved): Regions =>
    Object.fromEntries(
      Object.entries(decoded(SavedAgent, saved).vms).flatMap(([vm, { value }]) =>
        Object.entries(value).map(([region, state]) => [`${vm} ${region}`, state]),
      ),
    ),
  routineInputs: new Set([
    'observe.due',
    'hypervisor.observed',
    'hypervisor.taken',
    'scrape.due',
    'metrics.scraped',
    'health.due',
    'frame.received',
  ]),
  routineRegions: new Set(['first', 'second', 'old'].flatMap((vm) => [`${vm} hypervisor`, `${vm} metrics`])),
  isRoutine: (output) => {
    if (output.type === 'command.issued') return ROUTINE_COMMANDS.has(output.command.type);
    return output.type === 'frame.sent' && output.text.includes('"HealthCheck"');
  },
  summary: (count) => `${count} × observed, resized by a step, or health checked`,
});
