/** What the agent's engine knows. All but the statecharts' snapshots is plain JSON. */
import * as t from 'io-ts';
import { finite } from '../shared/events/finite';
import type { SnapshotFrom } from 'xstate';
import { defaulted } from '../shared/events/defaulted';
import { nullable } from '../shared/events/nullable';
import { Size } from '../shared/events/size';
import { VmConfig, VmContext } from './context';
import { FIRST_TURNS, Turns } from './turns';
import type { vmMachine } from './vm.machine';

/** Agents of older builds kept none. */
export const NO_RESERVE: Size = { cpu: 0, mem: 0 };

export const AgentSetup = t.readonly(
  t.type({
    /** What all VMs together may have; null: without end. */
    capacity: nullable(Size),
    /** What of it only VMs below their floor receive. */
    reserve: defaulted(Size, NO_RESERVE),
    /** In the order in which they are served when they come at once. Names are unique. */
    vms: t.readonlyArray(VmConfig),
  }),
);
export type AgentSetup = t.TypeOf<typeof AgentSetup>;

export interface VmState {
  readonly statechart: SnapshotFrom<typeof vmMachine>;
  /** Since when it has wanted more than it has. */
  readonly since: number | null;
  readonly turns: Turns;
  /** The size that was last emitted as decided. */
  readonly decided: Size | null;
}

export interface AgentState {
  readonly vms: Readonly<Record<string, VmState>>;
  readonly nextCommandId: number;
}

/** The form in which a state is logged. */
export const SavedAgent = t.readonly(
  t.type({
    vms: t.record(
      t.string,
      t.readonly(
        t.type({
          value: t.record(t.string, t.string),
          context: VmContext,
          since: nullable(finite),
          turns: defaulted(Turns, FIRST_TURNS),
          decided: nullable(Size),
        }),
      ),
    ),
    nextCommandId: finite,
  }),
);
export type SavedAgent = t.TypeOf<typeof SavedAgent>;
