/**
 * The VM's metrics, for as long as its monitor asks for no sizes.
 *
 *   off (no address) | waiting ⇄ scraping
 */
import { assertEvent } from 'xstate';
import { SCRAPE_MS } from './timings';
import { vmSetup, type VmScope } from './setup';

const hasMetrics = ({ context }: VmScope): boolean => context.config.metrics;
const isMeasuring = ({ context }: VmScope): boolean => context.monitorRequest === null;

const awaitScrape = vmSetup.enqueueActions(({ event, enqueue }) => {
  enqueue.raise({ type: 'scrape.due', at: event.at + SCRAPE_MS }, { id: 'scrape', delay: SCRAPE_MS });
});

const takeMetrics = vmSetup.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'metrics.scraped');
  enqueue.assign({ system: event.system });
});

/** Old metrics could shrink a VM that needs what it has. */
const loseMetrics = vmSetup.assign({ system: null });

export const metricsRegion = vmSetup.createStateConfig({
  initial: 'off',
  states: {
    off: { on: { 'agent.started': { guard: hasMetrics, target: 'waiting' } } },
    waiting: {
      entry: awaitScrape,
      exit: vmSetup.cancel('scrape'),
      on: {
        'scrape.due': [
          { guard: isMeasuring, target: 'scraping' },
          { target: 'waiting', reenter: true, actions: loseMetrics },
        ],
      },
    },
    scraping: {
      entry: { type: 'issue', params: { type: 'metrics.scrape' } },
      on: {
        'metrics.scraped': { target: 'waiting', actions: takeMetrics },
        'metrics.failed': { target: 'waiting', actions: loseMetrics },
      },
    },
  },
});
