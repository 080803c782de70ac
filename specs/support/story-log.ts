/** The event log of a story, as the monitor would have written it. */
import type { Envelope, LoggedEvent, LogOpened } from '../../machines/events/envelope';
import { saveState } from '../../machines/engine/save';
import type { Story } from './scenario';

/** The build that wrote it. */
export const STORY_BUILD = 'this-build';

export const headOf = (told: Story, differences: Partial<LogOpened> = {}): LogOpened => ({
  type: 'log.opened',
  role: 'monitor',
  wallClock: '2031-01-01T00:00:00.000Z',
  bootId: 'boot-1',
  bootTimeMs: 0,
  build: STORY_BUILD,
  config: { engine: told.setup },
  state: null,
  ...differences,
});

const numbered = (lines: readonly { readonly at: number; readonly event: LoggedEvent }[]): Envelope[] =>
  lines.map((line, i) => ({ v: 1, seq: i + 1, ...line }));

/** A second segment begins after `segmentAt` steps. */
export const logOf = (told: Story, opened: LogOpened = headOf(told), segmentAt = Infinity): Envelope[] =>
  numbered([
    { at: 0, event: opened },
    ...told.steps.flatMap(({ at, input, step, before }, i) => [
      ...(i === segmentAt ? [{ at, event: headOf(told, { state: saveState(told.engine, before) }) }] : []),
      { at, event: input },
      ...step.outputs.map((event) => ({ at, event })),
    ]),
  ]);
