/** The rules that the agent always keeps, judged over whole runs of simulated worlds. */
import { isLeft } from 'fp-ts/Either';
import { continueAgent, saveAgent } from '../../../machines/agent/save';
import { heldSize } from '../../../machines/agent/sizes';
import type { AgentOutput } from '../../../machines/agent/events';
import type { Size } from '../../../machines/shared/events/size';
import { takeWorlds, type AgentWorld, type WorldStep } from '../../support/agent-world';

type Rule = (world: AgentWorld) => string | null;

const everyStep =
  (why: (step: WorldStep, world: AgentWorld, index: number) => string | null): Rule =>
  (world) => {
    for (const [index, step] of world.steps.entries()) {
      const broken = why(step, world, index);
      if (broken !== null) return `at ${step.at} ms: ${broken}`;
    }
    return null;
  };

interface Frame {
  readonly type: string;
  readonly id: number;
  readonly content: { readonly granted?: Size; readonly target?: Size };
}

const framesOf = (outputs: readonly AgentOutput[]): { vm: string; frame: Frame }[] =>
  outputs.flatMap((output) =>
    output.type === 'frame.sent' ? [{ vm: output.vm, frame: JSON.parse(output.text) as Frame }] : [],
  );

/** No monitor is told of more than its VM was seen to have. */
const neverMoreThanSeen = everyStep(({ step }) => {
  for (const { vm, frame } of framesOf(step.outputs)) {
    const { granted } = frame.content;
    const observed = step.state.vms[vm]?.statechart.context.observed ?? null;
    if (granted === undefined) continue;
    if (observed === null || granted.mem > observed.mem || granted.cpu > observed.cpu) {
      return `${vm} was told ${JSON.stringify(granted)}, seen was ${JSON.stringify(observed)}`;
    }
  }
  return null;
});

const okBefore = (world: AgentWorld, index: number, vm: string): boolean => {
  for (const { input } of world.steps.slice(0, index + 1).reverse()) {
    if ('vm' in input && input.vm !== vm) continue;
    if (input.type === 'session.opened' || input.type === 'session.lost') return false;
    if (input.type === 'frame.received' && input.text.includes('"Ok":true')) return true;
  }
  return false;
};

/** The hypervisor is never asked for less than the VM is seen to have, unless the monitor on this connection agreed. */
const neverShrinkWithoutOk = everyStep(({ step }, world, index) => {
  for (const output of step.outputs) {
    if (output.type !== 'command.issued') continue;
    const { command, vm } = output;
    const observed = step.state.vms[vm]?.statechart.context.observed ?? null;
    if (observed === null) continue;
    const isLess =
      (command.type === 'hypervisor.requestMemory' && command.memBytes < observed.mem) ||
      (command.type === 'hypervisor.requestCpu' && command.cpu < observed.cpu);
    if (isLess && !okBefore(world, index, vm)) return `${vm} was shrunk without leave: ${JSON.stringify(command)}`;
  }
  return null;
});

/** What is held by all VMs together, as far as it grew, stays within the capacity. */
const neverBeyondCapacity = everyStep(({ before, step }, { engine }) => {
  const { capacity, vms } = engine.setup;
  if (capacity === null) return null;
  for (const resource of ['cpu', 'mem'] as const) {
    const sum = (state: WorldStep['before']): number =>
      vms.reduce((total, { name }) => total + (heldSize(state.vms[name]!.statechart.context)?.[resource] ?? 0), 0);
    const [was, is] = [sum(before), sum(step.state)];
    if (is > was && is > capacity[resource] + 1e-6) return `${resource}: ${is} held of ${capacity[resource]}`;
  }
  return null;
});

/** What was really there never passed the capacity either, once it was within it. */
const neverReallyBeyond = everyStep(({ sizes }, { engine, steps }) => {
  const { capacity } = engine.setup;
  if (capacity === null) return null;
  const total = (of: ReadonlyMap<string, Size>): number => [...of.values()].reduce((sum, { mem }) => sum + mem, 0);
  const atFirst = total(steps[0]!.sizes);
  return total(sizes) > Math.max(capacity.mem, atFirst) ? `${total(sizes)} bytes of ${capacity.mem}` : null;
});

/** A step down takes at most 256 MiB. */
const smallSteps = everyStep(({ step }) => {
  for (const output of step.outputs) {
    if (output.type !== 'command.issued' || output.command.type !== 'hypervisor.requestMemory') continue;
    const observed = step.state.vms[output.vm]?.statechart.context.observed ?? null;
    if (observed !== null && observed.mem - output.command.memBytes > 2 ** 28)
      return `${output.vm}: a step of more than 256 MiB`;
  }
  return null;
});

/** A monitor is asked to give up memory that it requests only down to its floor. */
const neverBelowFloor = everyStep(({ step }) => {
  for (const { vm, frame } of framesOf(step.outputs)) {
    const { monitorRequest, risk, announced } = step.state.vms[vm]!.statechart.context;
    const { target } = frame.content;
    if (frame.type !== 'DownscaleRequest' || target === undefined || monitorRequest === null) continue;
    const least = Math.min(monitorRequest.mem, risk?.floor?.mem ?? Infinity);
    if (target.mem < Math.min(least, announced?.mem ?? 0))
      return `${vm}: asked for ${target.mem} bytes, below its floor`;
  }
  return null;
});

/** One request to a monitor at a time; ids are even and grow. */
const oneRequestAtATime: Rule = (world) => {
  for (const { name } of world.engine.setup.vms) {
    const open = new Set<number>();
    for (const { at, input, step } of world.steps) {
      if ('vm' in input && input.vm !== name) continue;
      if (input.type === 'session.opened' || input.type === 'session.lost' || input.type === 'answer.overdue')
        open.clear();
      if (input.type === 'frame.received') {
        for (const id of open) if (input.text.includes(`"id":${id}}`)) open.delete(id);
      }
      for (const { vm, frame } of framesOf(step.outputs)) {
        if (vm !== name || !['UpscaleNotification', 'DownscaleRequest'].includes(frame.type)) continue;
        if (frame.id % 2 !== 0) return `at ${at} ms: ${name}: id ${frame.id} is odd`;
        if (open.size > 0) return `at ${at} ms: ${name}: two requests at a time`;
        open.add(frame.id);
      }
    }
  }
  return null;
};

const STRETCH = 8;

/** A state that went through JSON goes on exactly as the one in memory (rule R1). */
const replayable: Rule = (world) => {
  const { engine, steps } = world;
  for (let head = 0; head < steps.length; head += Math.max(STRETCH, Math.ceil(steps.length / 5))) {
    const read = continueAgent(engine, JSON.parse(JSON.stringify(saveAgent(steps[head]!.before))));
    if (isLeft(read)) return read.left;
    let state = read.right;
    for (const { at, input, step } of steps.slice(head, head + STRETCH)) {
      const again = engine.step(state, at, input);
      if (JSON.stringify([again.outputs, again.timers]) !== JSON.stringify([step.outputs, step.timers])) {
        return `at ${at} ms: ${JSON.stringify(step.outputs)} became ${JSON.stringify(again.outputs)}`;
      }
      state = again.state;
    }
  }
  return null;
};

const RULES: Readonly<Record<string, Rule>> = {
  neverMoreThanSeen,
  neverShrinkWithoutOk,
  neverBeyondCapacity,
  neverReallyBeyond,
  smallSteps,
  neverBelowFloor,
  oneRequestAtATime,
  replayable,
};

/** The rules that a world broke, and how. */
export const brokenRules = (world: AgentWorld): string[] =>
  Object.entries(RULES).flatMap(([name, rule]) => {
    const why = rule(world);
    return why === null ? [] : [`${name}: ${why}`];
  });

/** For afterEach: all worlds of the test kept the rules. */
export const expectAgentRulesKept = (): void => {
  for (const world of takeWorlds()) expect(brokenRules(world)).toEqual([]);
};
