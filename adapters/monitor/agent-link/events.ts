/** What the link emits: the inputs of the core that are about agents. */
import type { InputEvent } from '../../../machines/monitor/events';

export type LinkEvent = Extract<
  InputEvent,
  { type: 'handshake.started' | 'handshake.failed' | 'agent.connected' | 'agent.lost' | 'frame.received' }
>;

/** The event without secrets: foreign text stands in `text` and `reason` only. */
export const redactEvent = (event: LinkEvent, redact: (text: string) => string): LinkEvent => {
  switch (event.type) {
    case 'frame.received':
      return { ...event, text: redact(event.text) };
    case 'handshake.failed':
    case 'agent.lost':
      return { ...event, reason: redact(event.reason) };
    case 'handshake.started':
    case 'agent.connected':
      return event;
  }
};
