/** Metrics as Prometheus text (--metrics). Loaded only with that flag: code that is loaded costs memory. */
export type { LogHealth, MetricFacts } from './row';
export { SCRAPE_DEADLINES } from './serve';
export { createMetrics, type Followed, type Metrics } from './metrics';
export { serveMetrics, type MetricsServer } from './serve';
