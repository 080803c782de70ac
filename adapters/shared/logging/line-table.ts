/** Log lines by the type of event, as a table. */
import type { EventLine } from './event-line';

/** Null for what happens all the time. */
export type LineTable<Event extends { readonly type: string }> = {
  readonly [Type in Event['type']]: ((event: Extract<Event, { readonly type: Type }>) => EventLine | null) | null;
};

/** Null also for what has no row. */
export const lineFrom = <Event extends { readonly type: string }>(
  table: Partial<LineTable<Event>>,
  event: Event,
): EventLine | null => {
  const type: Event['type'] = event.type;
  // The table pairs each type with the line of its own event, which TypeScript cannot follow through the index.
  const line = table[type] as ((event: Event) => EventLine | null) | null | undefined;
  return line?.(event) ?? null;
};
