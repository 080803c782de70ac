/** Facts as a scrape finds them. */
import type { MetricFacts } from '../../../../adapters/monitor/metrics/row';
import { EMPTY_DOMAIN } from '../../../../machines/monitor/engine/state';
import { emptyReport } from '../../tools/status/support';

/** Of a monitor that has just begun and knows nothing. */
export const emptyFacts = (chosen: Partial<MetricFacts> = {}): MetricFacts => ({
  status: emptyReport(),
  domain: EMPTY_DOMAIN,
  samplingIntervalMs: 100,
  grantUpMs: 1_500,
  denied: false,
  workingSetPages: null,
  log: null,
  ...chosen,
});
