/**
 * The VM's metrics, for as long as its monitor asks for no sizes.
 *
 *   off (no address) | waiting ⇄ scraping
 */
import { assertEvent } from 'xstate';
import { SCRAPE_MS } from './timings';
import { chart, type Scope } from './setup';

const hasMetrics = ({ context }: Scope): boolean => context.config.metrics;
const isMeasuring = ({ context }: Scope): boolean => context.wish === null;

const awaitScrape = chart.enqueueActions(({ event, enqueue }) => {
  enqueue.raise({ type: 'scrape.due', at: event.at + SCRAPE_MS }, { id: 'scrape', delay: SCRAPE_MS });
});

const takeMetrics = chart.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'metrics.scraped');
  enqueue.assign({ system: event.system });
});

/** Old metrics could shrink a VM that needs what it has. */
const loseMetrics = chart.assign({ system: null });

export const metricsRegion = chart.createStateConfig({
  initial: 'off',
  states: {
    off: { on: { 'agent.started': { guard: hasMetrics, target: 'waiting' } } },
    waiting: {
      entry: awaitScrape,
      exit: chart.cancel('scrape'),
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
