/** The frame that all regions share: types, and the two placeholders by which the chart acts. */
import { setup, stateIn } from 'xstate';
import type { Command } from '../events/outputs';
import type { MonitorMessage } from '../../shared/protocol/messages';
import type { ChartConfig, ChartContext } from './context';
import type { ChartEvent } from './events';

/** What every guard and action of the chart is given. */
export interface Scope {
  readonly context: ChartContext;
  readonly event: ChartEvent;
}

/**
 * The chart never acts: `send` and `issue` are data for whoever steps it (machines/monitor/engine). A send
 * names its connection, because a reply belongs to the connection that asked.
 */
export const chart = setup({
  types: {
    context: {} as ChartContext,
    events: {} as ChartEvent,
    input: {} as ChartConfig,
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
