/** The frame that the regions of a VM's statechart share: types, and the two placeholders by which it acts. */
import { setup } from 'xstate';
import type { VmContext, VmConfig } from './context';
import type { VmEvent } from './statechart-events';
import type { AgentCommand } from './events';
import type { AgentFrame } from './frames';

/** What every guard and action is given. */
export interface VmScope {
  readonly context: VmContext;
  readonly event: VmEvent;
}

/** The statechart never acts: `send` and `issue` are data for whoever steps it (engine.ts). */
export const vmSetup = setup({
  types: {
    context: {} as VmContext,
    events: {} as VmEvent,
    input: {} as VmConfig,
  },
  actions: {
    send: (_, _params: { readonly conn: string; readonly frame: AgentFrame }) => undefined,
    issue: (_, _command: AgentCommand) => undefined,
  },
});
