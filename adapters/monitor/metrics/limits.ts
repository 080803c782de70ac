/** Bounds of the metrics server (rule R10): whoever scrapes must not cost the monitor more than this. */
import { SECOND_MS } from '../../../machines/shared/units';

/** An agent, two Prometheus servers and a person with curl; further ones are hung up on. */
export const MAX_SCRAPE_SOCKETS = 8;

export interface ScrapeDeadlines {
  /** Until the request must have come. */
  readonly requestMs: number;
  /** Silence after which a scraper that does not take its text is hung up on. */
  readonly idleMs: number;
  /** What must be asked of the disk; where it hangs, the rest is reported without it. */
  readonly diskMs: number;
}

export const SCRAPE_DEADLINES: ScrapeDeadlines = { requestMs: 4 * SECOND_MS, idleMs: 4 * SECOND_MS, diskMs: SECOND_MS };

/** Upper bounds of the histogram of grants in seconds: a quick hotplug, the usual 1.5 s and 6 s, a host that struggles. */
export const GRANT_BUCKETS_S: readonly number[] = [0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 15, 30, 60];
