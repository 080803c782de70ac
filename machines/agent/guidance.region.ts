/**
 * Who says how large the VM should be: its monitor by ScaleRequests, or the metrics.
 *
 *   measuring ──ScaleRequest──► obeying ──new connection──► doubting ──ScaleRequest──► obeying
 *       ▲                                                      │
 *       └───────────── 30 s without one (it was rolled back) ──┘
 */
import { assertEvent } from 'xstate';
import { UPSCALE_VALID_MS, WISH_WAIT_MS } from './timings';
import { chart } from './setup';
import { sizeThere } from './sizes';
import { oneUnitMore } from './want';

const takeWish = chart.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'wish.heard');
  enqueue.assign({ wish: event.target, upscale: null });
  enqueue.cancel('upscale');
});

/** The base is what the monitor knows of, so that use that goes on growing climbs a unit each time. */
const takeUpscale = chart.enqueueActions(({ context, event, enqueue }) => {
  const base = context.told ?? sizeThere(context);
  if (base === null) return;
  const until = event.at + UPSCALE_VALID_MS;
  enqueue.assign({ upscale: { size: oneUnitMore(context, base), until } });
  enqueue.cancel('upscale');
  enqueue.raise({ type: 'upscale.lapsed', at: until }, { id: 'upscale', delay: UPSCALE_VALID_MS });
});

const awaitWish = chart.enqueueActions(({ event, enqueue }) => {
  enqueue.cancel('wish');
  enqueue.raise({ type: 'wish.overdue', at: event.at + WISH_WAIT_MS }, { id: 'wish', delay: WISH_WAIT_MS });
});

export const guidanceRegion = chart.createStateConfig({
  initial: 'measuring',
  on: { 'wish.heard': { target: '.obeying', actions: takeWish } },
  states: {
    measuring: {
      on: {
        'upscale.asked': { actions: takeUpscale },
        'upscale.lapsed': { actions: chart.assign({ upscale: null }) },
      },
    },
    obeying: { on: { 'session.opened': 'doubting' } },
    doubting: {
      entry: awaitWish,
      exit: chart.cancel('wish'),
      on: {
        'session.opened': { actions: awaitWish },
        'session.lost': 'obeying',
        'wish.overdue': { target: 'measuring', actions: chart.assign({ wish: null }) },
      },
    },
  },
});
