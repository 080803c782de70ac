/** What events have shown and the state of the core does not keep: it is shown, and decides nothing. */
import type { LoggedEvent } from '../events/logged';
import type { SourceName } from '../events/readings';

export interface StatusNotes {
  /** The last decision's sentence. */
  readonly reason: string | null;
  /** Sources that cannot be read at present. */
  readonly missing: readonly SourceName[];
}

export const NO_NOTES: StatusNotes = { reason: null, missing: [] };

export const noteEvent = (notes: StatusNotes, event: LoggedEvent): StatusNotes => {
  switch (event.type) {
    case 'size.decided':
      return { ...notes, reason: event.reason };
    case 'source.lost':
      return notes.missing.includes(event.source) ? notes : { ...notes, missing: [...notes.missing, event.source] };
    case 'source.found':
      return { ...notes, missing: notes.missing.filter((source) => source !== event.source) };
    default:
      return notes;
  }
};
