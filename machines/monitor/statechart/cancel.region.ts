/**
 * The statement of the largest grower is cancelled when no larger size will come and memory is about to
 * end: one SQL error instead of a restart of all. Only with --protect full, one at a time.
 *
 *   observing | ready → cancelling → settling → ready
 */
import { reaches } from '../protection/escalation';
import { CANCEL_SETTLE_MS } from './timings';
import { monitorSetup, type Scope } from './setup';

const mayCancel = ({ context }: Scope): boolean => context.config.protect === 'full';
const isDue = ({ context }: Scope): boolean => reaches(context.escalation, 'cancel');

const cancel = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue({ type: 'issue', params: { type: 'statement.cancel' } });
});

const settle = monitorSetup.enqueueActions(({ event, enqueue }) => {
  const delay = CANCEL_SETTLE_MS;
  enqueue.raise({ type: 'cancel.settled', at: event.at + delay }, { id: 'cancel', delay });
});

export const cancelRegion = monitorSetup.createStateConfig({
  initial: 'observing',
  states: {
    observing: { on: { 'monitor.started': { guard: mayCancel, target: 'ready' } } },
    ready: { always: { guard: isDue, target: 'cancelling' } },
    // Whether it worked or not: memory tells, a second later.
    cancelling: { entry: cancel, on: { 'statement.cancelled': 'settling', 'statement.failed': 'settling' } },
    settling: { entry: settle, on: { 'cancel.settled': 'ready' } },
  },
});
