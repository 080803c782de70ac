/** The frame that all regions share: types, and the two placeholders by which the chart acts. */
import { setup, stateIn } from 'xstate';
import type { Command } from '../events/outputs';
import type { MonitorMessage } from '../../shared/protocol/messages';
import type { StatechartConfig, MonitorContext } from './context';
import type { StatechartEvent } from './events';

/** What every guard and action of the chart is given. */
export interface Scope {
  readonly context: MonitorContext;
  readonly event: StatechartEvent;
}

/**
 * The chart never acts: `send` and `issue` are data for whoever steps it (machines/monitor/engine). A send
 * names its connection, because a reply belongs to the connection that asked.
 */
export const monitorSetup = setup({
  types: {
    context: {} as MonitorContext,
    events: {} as StatechartEvent,
    input: {} as StatechartConfig,
  },
  actions: {
    send: (_, _params: { readonly conn: string; readonly message: MonitorMessage }) => undefined,
    issue: (_, _command: Command) => undefined,
  },
  guards: {
    /** Vanilla Postgres: there is no file cache that could be in the way of anything. */
    hasNoFileCache: stateIn({ fileCache: 'vanilla' }),
  },
});
