/** Waits for what a guest does, and no event tells. */
import { eventually as looksUntil } from '../../support/eventually';
import { GUEST_DEADLINE_MS } from './limits';

/** Looks until it finds `expected`; rejects with what it found last. */
export const eventually = <A>(look: () => A | Promise<A>, expected: A): Promise<void> =>
  looksUntil(look, expected, GUEST_DEADLINE_MS);
