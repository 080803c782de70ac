/**
 * The agent's pure core: each input goes to the statechart of its VM, then the host's capacity is
 * shared out anew, and each VM whose share changed gets an event. Live and replay run this same fold.
 */
import { initialTransition } from 'xstate';
import type { Core, CoreStep } from '../shared/core/core';
import { exceeds, sameSize } from '../shared/sizing';
import { allot, type Allotment, type Sharing } from './allot';
import { claimsOf } from './claim';
import { reasonParts, reasonOf } from './grant-reason';
import type { VmEvent } from './statechart-events';
import { stepVm, type VmTimer } from './statechart-step';
import type { VmContext } from './context';
import type { AgentInput, AgentOutput } from './events';
import { receiveFrame } from './frames';
import { heldSize, rulesOf } from './sizes';
import type { AgentSetup, AgentState, VmState } from './state';
import { vmMachine } from './vm.machine';
import { FIRST_TURNS, turnsAfter } from './turns';
import { wantOf, type Want } from './want';

export type AgentStep = CoreStep<AgentState, AgentOutput, VmTimer>;

export interface AgentEngine extends Core<AgentState, AgentInput, AgentOutput, VmTimer> {
  readonly setup: AgentSetup;
}

/** One step while it is under way; changed in place and thrown away after it. */
class Run {
  readonly outputs: AgentOutput[] = [];
  readonly timers: VmTimer[] = [];

  constructor(
    readonly at: number,
    public state: AgentState,
  ) {}

  vm(name: string): VmState {
    const vm = this.state.vms[name];
    if (vm === undefined) throw new Error(`an input names a VM that is not there: ${name}`);
    return vm;
  }

  context(name: string): VmContext {
    return this.vm(name).statechart.context;
  }

  note(name: string, changes: Partial<VmState>): void {
    this.state = { ...this.state, vms: { ...this.state.vms, [name]: { ...this.vm(name), ...changes } } };
  }

  dispatch(name: string, event: VmEvent): void {
    const step = stepVm(name, this.vm(name).statechart, event, this.state.nextCommandId);
    this.outputs.push(...step.outputs);
    this.timers.push(...step.timers);
    this.state = { ...this.state, nextCommandId: step.nextCommandId };
    this.note(name, { statechart: step.snapshot });
  }
}

/** Frames of a connection that is over do not count any more. @returns whether it was a request */
const hearFrame = (run: Run, { vm, conn, text }: Extract<AgentInput, { type: 'frame.received' }>): boolean => {
  const { conn: present } = run.context(vm);
  if (present?.id !== conn) return false;
  if (present.unanswered > 0) run.dispatch(vm, { type: 'monitor.spoke', at: run.at });
  const message = receiveFrame(text);
  run.dispatch(vm, { ...message, at: run.at });
  return message.type === 'request.received';
};

/** @returns the VM whose request was received, if it was one */
const fold = (run: Run, input: AgentInput): string | null => {
  switch (input.type) {
    case 'agent.started':
      for (const name of Object.keys(run.state.vms)) run.dispatch(name, { ...input, at: run.at });
      return null;
    case 'frame.received':
      return hearFrame(run, input) ? input.vm : null;
    default: {
      const { vm, ...event } = input;
      // A loss that was noticed late must not end the connection that followed.
      if (event.type === 'session.lost' && run.context(vm).conn?.id !== event.conn) return null;
      run.dispatch(vm, { ...event, at: run.at });
      return null;
    }
  }
};

const decide = (run: Run, name: string, want: Want, allotment: Allotment): void => {
  const { size } = allotment;
  const { decided } = run.vm(name);
  if (decided === null || !sameSize(decided, size)) {
    run.note(name, { decided: size });
    run.outputs.push({
      type: 'grant.decided',
      vm: name,
      target: size,
      reason: reasonOf(want, allotment, run.context(name), run.at),
      parts: reasonParts(want, allotment, run.context(name), run.at),
    });
  }
  const { goal } = run.context(name);
  if (goal === null || !sameSize(goal, size)) run.dispatch(name, { type: 'goal.changed', goal: size, at: run.at });
};

/** Shares out the capacity, and denies where a request just received cannot be met. */
const arbitrate = (run: Run, { vms, ...host }: AgentSetup, share: Sharing, wisher: string | null): void => {
  const wants = new Map(vms.map(({ name }) => [name, wantOf(run.context(name), run.at)]));
  const claims = claimsOf(
    vms.map(({ name }) => ({ name, want: wants.get(name)?.size ?? null, vm: run.vm(name) })),
    run.at,
  );
  for (const { name, since, turns } of claims) run.note(name, { since, turns });
  for (const [name, allotment] of share(host, claims)) {
    const want = wants.get(name);
    if (want === null || want === undefined) continue;
    decide(run, name, want, allotment);
    const { monitorRequest } = run.context(name);
    if (name !== wisher || monitorRequest === null || !exceeds(monitorRequest, allotment.size)) continue;
    run.dispatch(name, {
      type: 'request.denied',
      target: monitorRequest,
      reason: reasonOf(want, allotment, run.context(name), run.at),
      at: run.at,
    });
  }
};

/** Units that came or went within the step, of VMs that wait for more. */
const countTurns = (run: Run, before: AgentState): void => {
  for (const [name, { statechart }] of Object.entries(before.vms)) {
    const { context } = run.vm(name).statechart;
    const [had, has] = [heldSize(statechart.context), heldSize(context)];
    if (had === null || has === null || sameSize(had, has)) continue;
    const growth = { rules: rulesOf(context), floor: context.risk?.floor ?? null };
    run.note(name, { turns: turnsAfter(run.vm(name).turns, growth, had, has) });
  }
};

/** @param share how the host is shared out; a comparison may take another way */
export const createAgentEngine = (setup: AgentSetup, share: Sharing = allot): AgentEngine => ({
  setup,
  initial: {
    vms: Object.fromEntries(
      setup.vms.map((config) => {
        const [statechart] = initialTransition(vmMachine, config);
        return [config.name, { statechart, since: null, turns: FIRST_TURNS, decided: null }];
      }),
    ),
    nextCommandId: 1,
  },
  step: (state, at, input) => {
    const run = new Run(at, state);
    const wisher = fold(run, input);
    arbitrate(run, setup, share, wisher);
    countTurns(run, state);
    return { state: run.state, outputs: run.outputs, timers: run.timers };
  },
});
