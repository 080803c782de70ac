/**
 * All metrics in one registry of prom-client: the tables' rows are read at each scrape, the histogram
 * of grants is fed as they come. Of prom-client only four files are taken: the whole of it, with
 * collectors of its own that we do not use, is four times as much code in the monitor's memory.
 */
import Counter from 'prom-client/lib/counter';
import Gauge from 'prom-client/lib/gauge';
import Histogram from 'prom-client/lib/histogram';
import Registry from 'prom-client/lib/registry';
import type { Observable } from 'rxjs';
import type { EngineState, Domain } from '../../../machines/monitor/engine/state';
import type { Envelope } from '../../../machines/monitor/events/logged';
import { HEALTH_ROWS } from './health-rows';
import { HOST_ROWS } from './host-rows';
import { PROTECTION_ROWS } from './protection-rows';
import type { CountedFacts, MetricFacts, Row } from './row';
import { SIZE_ROWS } from './size-rows';
import { Tally } from './tally';

/**
 * How long the grant took that was timed between two states that follow one another, or null. The engine keeps an
 * estimate; the single times show as a change of it, at the sample on which the kernel showed the size.
 */
const timedGrant = ({ timedRequest, latency }: Domain, after: Domain) =>
  timedRequest === null || after.coveredUntil === null || after.latency === latency
    ? null
    : { direction: timedRequest.direction, tookMs: after.coveredUntil - timedRequest.at };

/** Upper bounds of the histogram of grants in seconds: a quick hotplug, the usual 1.5 s and 6 s, a host that struggles. */
const GRANT_BUCKETS_S: readonly number[] = [0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 15, 30, 60];

const ROWS: readonly Row[] = [...HOST_ROWS, ...SIZE_ROWS, ...PROTECTION_ROWS, ...HEALTH_ROWS];

/** What is followed: the core loop. */
export interface Followed {
  readonly events: Observable<Envelope>;
  readonly state: EngineState;
}

export interface Metrics {
  /** Counts what happens from now on, until the events complete. */
  follow(loop: Followed): void;
  /** Everything as Prometheus text. */
  text(facts: MetricFacts): Promise<string>;
}

/** @returns brings the row's metric up to date */
const register = (registry: Registry, { kind, name, help, labels, read }: Row): ((facts: CountedFacts) => void) => {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  if (kind === 'counter') {
    const metric = new Counter(options);
    return (facts) => {
      metric.reset();
      for (const sample of read(facts)) metric.inc({ ...sample.labels }, sample.value);
    };
  }
  const metric = new Gauge(options);
  return (facts) => {
    metric.reset();
    // NB: a gauge without labels is reset to 0, not to nothing; what is missing must not read as 0.
    if (labels.length === 0) metric.remove();
    for (const sample of read(facts)) metric.set({ ...sample.labels }, sample.value);
  };
};

const grantHistogram = (registry: Registry): Histogram<'direction'> => {
  const histogram = new Histogram({
    name: 'vm_monitor_grant_duration_seconds',
    help: 'Time from a request to its size being observed in the kernel.',
    labelNames: ['direction'],
    buckets: [...GRANT_BUCKETS_S],
    registers: [registry],
  });
  for (const direction of ['up', 'down']) histogram.zero({ direction });
  return histogram;
};

export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const updates = ROWS.map((row) => register(registry, row));
  const grants = grantHistogram(registry);
  const tally = new Tally();
  return {
    follow: (loop) => {
      let observed = loop.state.domain;
      loop.events.subscribe(({ event }) => {
        tally.take(event);
        const { domain } = loop.state;
        const grant = timedGrant(observed, domain);
        observed = domain;
        if (grant !== null) grants.observe({ direction: grant.direction }, grant.tookMs / 1000);
      });
    },
    text: (facts) => {
      const { counts, signalTotals } = tally;
      const counted = { ...facts, counts, signalTotals };
      for (const update of updates) update(counted);
      return registry.metrics();
    },
  };
};
