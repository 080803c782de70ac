/** What the regions of protection share: the engine's word on how near the OOM killer is. */
import { assertEvent } from 'xstate';
import { monitorSetup } from './setup';

export const takeEscalation = monitorSetup.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'escalation.changed');
  enqueue.assign({ escalation: event.level });
});
