/**
 * The VM's metrics, for as long as its monitor asks for no sizes.
 *
 *   off (no address) | waiting ⇄ scraping
 */
import { assertEvent } from 'xstate';
import { cancelVmTimer, startVmTimer, vmSetup, type VmScope } from './setup';

export const metricsActions = {
  'metrics.takeMetrics': vmSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'metrics.scraped');
    enqueue.assign({ system: event.system });
  }),
  /** Old metrics could shrink a VM that needs what it has. */
  'metrics.loseMetrics': vmSetup.assign({ system: null }),
};
export const metricsGuards = {
  'metrics.hasMetrics': ({ context }: VmScope): boolean => context.config.metrics,
  'metrics.isMeasuring': ({ context }: VmScope): boolean => context.monitorRequest === null,
};

export const metricsRegion = vmSetup.extend({ actions: metricsActions, guards: metricsGuards }).createStateConfig({
  initial: 'off',
  states: {
    off: { on: { 'agent.started': { guard: 'metrics.hasMetrics', target: 'waiting' } } },
    waiting: {
      entry: startVmTimer('scrape'),
      exit: cancelVmTimer('scrape'),
      on: {
        'scrape.due': [
          { guard: 'metrics.isMeasuring', target: 'scraping' },
          { target: 'waiting', reenter: true, actions: 'metrics.loseMetrics' },
        ],
      },
    },
    scraping: {
      entry: { type: 'issue', params: { type: 'metrics.scrape' } },
      on: {
        'metrics.scraped': { target: 'waiting', actions: 'metrics.takeMetrics' },
        'metrics.failed': { target: 'waiting', actions: 'metrics.loseMetrics' },
      },
    },
  },
});
