/**
 * Runs the agent's core for many VMs in simulated time, without sockets and hypervisors: it keeps the timers, and hands
 * out what the core puts out. Whoever drives it answers frames and commands by further inputs, at their instants.
 *
 *   const driver = new AgentDriver(createAgentEngine(setup), (output, at) => …);
 *   driver.dispatch(0, { type: 'agent.started' });
 *   driver.passTo(1000);
 */
import type { AgentEngine } from './engine';
import type { AgentInput, AgentOutput } from './events';
import type { AgentState } from './state';
import type { VmTimer } from './statechart-step';

interface Running {
  readonly due: number;
  readonly input: AgentInput;
}

export class AgentDriver {
  state: AgentState;
  private readonly timers = new Map<string, Running>();

  constructor(
    private readonly engine: AgentEngine,
    private readonly perform: (output: AgentOutput, at: number) => void,
  ) {
    this.state = engine.initial;
  }

  /** One input at its instant; instants never go back. */
  dispatch(at: number, input: AgentInput): void {
    const { state, outputs, timers } = this.engine.step(this.state, at, input);
    this.state = state;
    for (const timer of timers) this.keep(at, timer);
    for (const output of outputs) this.perform(output, at);
  }

  /** When the next timer runs out; null: none runs. */
  nextDue(): number | null {
    return this.next()?.[1].due ?? null;
  }

  /** All timers up to this instant, in their order. */
  passTo(at: number): void {
    for (let next = this.next(); next !== null && next[1].due <= at; next = this.next()) {
      const [key, { due, input }] = next;
      this.timers.delete(key);
      this.dispatch(due, input);
    }
  }

  private next(): readonly [key: string, running: Running] | null {
    let first: readonly [string, Running] | null = null;
    for (const entry of this.timers) if (first === null || entry[1].due < first[1].due) first = entry;
    return first;
  }

  private keep(at: number, { vm, change }: VmTimer): void {
    const key = `${vm}/${change.id}`;
    // Set anew, it goes behind those that are due at the same instant.
    this.timers.delete(key);
    if (change.kind === 'set') this.timers.set(key, { due: at + change.delayMs, input: { type: change.name, vm } });
  }
}
