/** What the regions of protection share: the engine's word on how near the OOM killer is. */
import { assertEvent } from 'xstate';
import { chart } from './setup';

export const takeDanger = chart.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'danger.changed');
  enqueue.assign({ danger: event.danger });
});
