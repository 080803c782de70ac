/**
 * Who decides how large the VM should be: its monitor by ScaleRequests, or the metrics.
 *
 *   measuring ──ScaleRequest──► obeying ──new connection──► doubting ──ScaleRequest──► obeying
 *       ▲                                                      │
 *       └───────────── 30 s without one (it was rolled back) ──┘
 */
import { assertEvent } from 'xstate';
import { UPSCALE_VALID_MS } from './timings';
import { cancelVmTimer, startVmTimer, vmSetup } from './setup';
import { sizeThere } from './sizes';
import { oneUnitMore } from './want';

export const guidanceActions = {
  'guidance.takeRequest': vmSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'request.received');
    enqueue.assign({ monitorRequest: event.target, upscale: null });
    enqueue(cancelVmTimer('upscale'));
  }),
  /** The base is what the monitor knows of, so that use that goes on growing climbs a unit each time. */
  'guidance.takeUpscale': vmSetup.enqueueActions(({ context, event, enqueue }) => {
    const base = context.announced ?? sizeThere(context);
    if (base === null) return;
    const until = event.at + UPSCALE_VALID_MS;
    enqueue.assign({ upscale: { size: oneUnitMore(context, base), until } });
    enqueue(startVmTimer('upscale'));
  }),
  'guidance.forgetUpscale': vmSetup.assign({ upscale: null }),
  'guidance.forgetRequest': vmSetup.assign({ monitorRequest: null }),
};

export const guidanceRegion = vmSetup.extend({ actions: guidanceActions }).createStateConfig({
  initial: 'measuring',
  on: { 'request.received': { target: '.obeying', actions: 'guidance.takeRequest' } },
  states: {
    measuring: {
      on: {
        'upscale.asked': { actions: 'guidance.takeUpscale' },
        'upscale.lapsed': { actions: 'guidance.forgetUpscale' },
      },
    },
    obeying: { on: { 'session.opened': 'doubting' } },
    doubting: {
      entry: startVmTimer('request'),
      exit: cancelVmTimer('request'),
      on: {
        'session.opened': { actions: startVmTimer('request') },
        'session.lost': 'obeying',
        'request.overdue': { target: 'measuring', actions: 'guidance.forgetRequest' },
      },
    },
  },
});
