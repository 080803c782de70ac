/**
 * Who decides how large the VM should be: its monitor by ScaleRequests, or the metrics.
 *
 *   measuring ──ScaleRequest──► obeying ──new connection──► doubting ──ScaleRequest──► obeying
 *       ▲                                                      │
 *       └───────────── 30 s without one (it was rolled back) ──┘
 */
import { assertEvent } from 'xstate';
import { sameSize } from '../shared/sizing';
import type { VmContext } from './context';
import { UPSCALE_VALID_MS } from './timings';
import { cancelVmTimer, startVmTimer, vmSetup } from './setup';
import { sizeThere } from './sizes';
import type { VmEvent } from './statechart-events';
import { oneUnitMore } from './want';

type Requested = Extract<VmEvent, { type: 'request.received' }>;

/** A request that is only repeated (rule R7) does not name the time again; it runs out all the same. */
const riskOf = ({ monitorRequest, risk }: VmContext, { target, floor, withinMs, at }: Requested): VmContext['risk'] => {
  if (floor === null && withinMs === null) return null;
  const isRepeated = monitorRequest !== null && sameSize(monitorRequest, target);
  const kept = isRepeated && risk !== null ? risk.exhaustedAt : null;
  return { floor, exhaustedAt: withinMs === null ? kept : at + withinMs };
};

export const guidanceActions = {
  'guidance.takeRequest': vmSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'request.received');
    enqueue.assign(({ context }) => ({ monitorRequest: event.target, risk: riskOf(context, event), upscale: null }));
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
  'guidance.forgetRequest': vmSetup.assign({ monitorRequest: null, risk: null }),
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
