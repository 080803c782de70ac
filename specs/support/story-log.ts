/** The event log of a story, as the monitor or the agent would have written it. */
import type { AgentInput, AgentOutput } from '../../machines/agent/events';
import type { Envelope, LoggedEvent } from '../../machines/monitor/events/logged';
import type { LineOf, LogOpened, Typed } from '../../machines/shared/events/envelope';
import { saveState } from '../../machines/monitor/engine/save';
import type { AgentWorld } from './agent-world';
import type { Story } from './scenario';

/** The build that wrote it. */
export const STORY_BUILD = 'this-build';

const opened = (role: LogOpened['role'], config: LogOpened['config']): LogOpened => ({
  type: 'log.opened',
  role,
  wallClock: '2031-01-01T00:00:00.000Z',
  bootId: 'boot-1',
  bootTimeMs: 0,
  build: STORY_BUILD,
  config,
  state: null,
});

export const headOf = (told: Story, differences: Partial<LogOpened> = {}): LogOpened => ({
  ...opened('monitor', { engine: told.setup }),
  ...differences,
});

const numbered = <Event extends Typed>(
  lines: readonly { readonly at: number; readonly event: Event }[],
): LineOf<Event>[] => lines.map((line, i) => ({ v: 2, seq: i + 1, ...line }));

/** A second segment begins after `segmentAt` steps. */
export const logOf = (told: Story, head: LogOpened = headOf(told), segmentAt = Infinity): Envelope[] =>
  numbered<LoggedEvent>([
    { at: 0, event: head },
    ...told.steps.flatMap(({ at, input, step, before }, i) => [
      ...(i === segmentAt ? [{ at, event: headOf(told, { state: saveState(told.engine, before) }) }] : []),
      { at, event: input },
      ...step.outputs.map((event) => ({ at, event })),
    ]),
  ]);

export const agentLogOf = ({ engine, steps }: AgentWorld): LineOf<AgentInput | AgentOutput | LogOpened>[] =>
  numbered<AgentInput | AgentOutput | LogOpened>([
    { at: 0, event: opened('agent', { places: [], engine: engine.setup }) },
    ...steps.flatMap(({ at, input, step }) => [{ at, event: input }, ...step.outputs.map((event) => ({ at, event }))]),
  ]);
