/**
 * The statement of the largest backend is cancelled when no larger size will come and memory is about to
 * end: one SQL error instead of a restart of all. Only with --protect full, one at a time.
 *
 *   observing | ready → cancelling → settling → ready
 */
import { reaches } from '../protection/escalation';
import { monitorSetup, startTimer, type Scope } from './setup';

export const cancelGuards = {
  'cancel.isAllowed': ({ context }: Scope): boolean => context.config.protect === 'full',
  'cancel.isDue': ({ context }: Scope): boolean => reaches(context.escalation, 'cancel'),
};

export const cancelRegion = monitorSetup.extend({ guards: cancelGuards }).createStateConfig({
  initial: 'observing',
  states: {
    observing: { on: { 'monitor.started': { guard: 'cancel.isAllowed', target: 'ready' } } },
    ready: { always: { guard: 'cancel.isDue', target: 'cancelling' } },
    // Whether it worked or not: memory tells, a second later.
    cancelling: {
      entry: { type: 'issue', params: { type: 'statement.cancel' } },
      on: { 'statement.cancelled': 'settling', 'statement.failed': 'settling' },
    },
    settling: { entry: startTimer('cancel'), on: { 'cancel.settled': 'ready' } },
  },
});
