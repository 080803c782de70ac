/** The agent's core as a program in JavaScript meets it. */
import { createAgentCore, type AgentCoreState, type AgentCoreStep } from '../../../machines/core';
import type { AgentInput } from '../../../machines/agent/events';
import { vmMachine } from '../../../machines/agent/vm.machine';
import { GIB } from '../../../machines/shared/units';

const SIZES = { capacity: '8,32GiB', maxSize: '4,16GiB' };
const core = createAgentCore({ ...SIZES, vms: [{ name: 'a' }, { name: 'b', maxSize: '1,4GiB', metrics: true }] });

const run = (...inputs: readonly AgentInput[]): AgentCoreStep =>
  inputs.reduce<AgentCoreStep>((step, input, index) => core.step(step.state, index * 100, input), {
    state: core.initial,
    outputs: [],
    timers: [],
  });

const described = (vm: string, id: number): AgentInput => ({
  type: 'hypervisor.described',
  vm,
  id,
  min: { cpu: 0.25, mem: GIB },
  max: { cpu: 64, mem: 256 * GIB },
  memStepBytes: GIB,
});

describe('an agent', () => {
  it('has VMs with bounds of their own', () => {
    const { a, b } = core.initial.vms;
    expect(a?.statechart.context.config).toMatchObject({ metrics: false, sizing: { max: { cpu: 4, mem: 16 * GIB } } });
    expect(b?.statechart.context.config).toMatchObject({ metrics: true, sizing: { max: { cpu: 1, mem: 4 * GIB } } });
  });

  it('issues commands and sets timers that bear their VM', () => {
    const { outputs } = run({ type: 'agent.started' });
    expect(outputs).toMatchObject([
      { type: 'command.issued', vm: 'a' },
      { type: 'command.issued', vm: 'b' },
    ]);
    const opened = run({ type: 'agent.started' }, { type: 'session.opened', vm: 'b', conn: 'c', version: '1.1' });
    expect(opened.timers).not.toEqual([]);
    for (const timer of opened.timers) {
      expect(timer.vm).toBe('b');
      expect(timer.id).toMatch(/^b\/\w+$/);
    }
  });

  it('says why for each VM, from its first decision on', () => {
    expect(core.explain(core.initial)).toEqual({
      a: { why: 'nothing is decided yet' },
      b: { why: 'nothing is decided yet' },
    });
    const request = { type: 'ScaleRequest', target: { cpu: 1, mem: 4 * GIB }, id: 3 };
    const asked: AgentCoreState = run(
      { type: 'agent.started' },
      described('a', 1),
      { type: 'hypervisor.observed', vm: 'a', id: 3, size: { cpu: 0.25, mem: GIB } },
      { type: 'session.opened', vm: 'a', conn: 'c', version: '1.1' },
      { type: 'frame.received', vm: 'a', conn: 'c', text: JSON.stringify(request) },
    ).state;
    expect(core.explain(asked)['a']?.why).toMatch(/requests/);
    expect(core.explain(asked)['b']?.why).toBe('nothing is decided yet');
  });

  it('shows the statechart of a VM', () => {
    expect(core.machine).toBe(vmMachine);
  });
});

describe('options', () => {
  it.each([
    [{ vms: [] }, /^vms: expected an array of at least one VM$/],
    [{ vms: [{}] }, /^name of vms\[0\] "": expected a name of up to 64 letters/],
    [{ vms: [{ name: 'a' }, { name: 'a' }] }, /^name "a" of vms: expected another name for each VM$/],
    [{ vms: [{ name: 'a', qmp: '/x' }] }, /^qmp of vms\[0\]: unknown, allowed are name, minSize, maxSize, metrics$/],
    [{ vms: [{ name: 'a', minSize: 'much' }] }, /^minSize of vms\[0\] "much": expected CPU,MEM/],
    [{ capacity: '1', vms: [{ name: 'a' }] }, /^capacity "1": expected CPU,MEM/],
    [
      { maxSize: '1,1GiB', vms: [{ name: 'a', minSize: '2,8GiB' }] },
      /^minSize of a: expected no more than the largest/,
    ],
  ])('that are bad are refused in one line: %j', (options, line) => {
    const create = (): unknown => createAgentCore(options);
    expect(create).toThrow(RangeError);
    expect(create).toThrow(line);
  });
});
