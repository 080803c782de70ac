/**
 * Who decides how large the VM should be: its monitor by ScaleRequests, or the metrics.
 *
 *   measuring ──ScaleRequest──► obeying ──new connection──► doubting ──ScaleRequest──► obeying
 *       ▲                                                      │
 *       └───────────── 30 s without one (it was rolled back) ──┘
 */
import { assertEvent } from 'xstate';
import { UPSCALE_VALID_MS, FIRST_REQUEST_WAIT_MS } from './timings';
import { vmSetup } from './setup';
import { sizeThere } from './sizes';
import { oneUnitMore } from './want';

const takeWish = vmSetup.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'request.received');
  enqueue.assign({ monitorRequest: event.target, upscale: null });
  enqueue.cancel('upscale');
});

/** The base is what the monitor knows of, so that use that goes on growing climbs a unit each time. */
const takeUpscale = vmSetup.enqueueActions(({ context, event, enqueue }) => {
  const base = context.told ?? sizeThere(context);
  if (base === null) return;
  const until = event.at + UPSCALE_VALID_MS;
  enqueue.assign({ upscale: { size: oneUnitMore(context, base), until } });
  enqueue.cancel('upscale');
  enqueue.raise({ type: 'upscale.lapsed', at: until }, { id: 'upscale', delay: UPSCALE_VALID_MS });
});

const awaitWish = vmSetup.enqueueActions(({ event, enqueue }) => {
  enqueue.cancel('request');
  enqueue.raise(
    { type: 'request.overdue', at: event.at + FIRST_REQUEST_WAIT_MS },
    { id: 'request', delay: FIRST_REQUEST_WAIT_MS },
  );
});

export const guidanceRegion = vmSetup.createStateConfig({
  initial: 'measuring',
  on: { 'request.received': { target: '.obeying', actions: takeWish } },
  states: {
    measuring: {
      on: {
        'upscale.asked': { actions: takeUpscale },
        'upscale.lapsed': { actions: vmSetup.assign({ upscale: null }) },
      },
    },
    obeying: { on: { 'session.opened': 'doubting' } },
    doubting: {
      entry: awaitWish,
      exit: vmSetup.cancel('request'),
      on: {
        'session.opened': { actions: awaitWish },
        'session.lost': 'obeying',
        'request.overdue': { target: 'measuring', actions: vmSetup.assign({ monitorRequest: null }) },
      },
    },
  },
});
