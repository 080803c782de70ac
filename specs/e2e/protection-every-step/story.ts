/** What a monitor has done, in words, and their order. */
import type { LoggedEvent } from '../../../machines/monitor/events';

const TYPE = /"type":"(\w+)"/;

/** "throttle.started", "command tripwire.lift", "command limits.apply max", "frame DownscaleResult". */
const inWords = (event: LoggedEvent): string => {
  if (event.type === 'frame.sent' || event.type === 'frame.received')
    return `frame ${TYPE.exec(event.text)?.[1] ?? ''}`;
  if (event.type !== 'command.issued') return event.type;
  const { command } = event;
  const isLifted = command.type === 'limits.apply' && command.hardLimitBytes === null;
  return `command ${command.type}${isLifted ? ' max' : ''}`;
};

/** All of `story` must be among the events in this order; there may be others in between. */
export const expectStory = (story: readonly string[], events: readonly LoggedEvent[]): void => {
  const told = events.map(inWords);
  let from = 0;
  for (const line of story) {
    const at = told.indexOf(line, from);
    if (at < 0) throw new Error(`expected ${line} among what came then: ${told.slice(from).join(', ')}`);
    from = at + 1;
  }
};
