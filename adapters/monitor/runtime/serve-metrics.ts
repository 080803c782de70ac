/** The metrics of a running monitor (--metrics); a server that cannot be opened is logged, and the monitor goes on (rule R9). */
import { isLeft } from 'fp-ts/Either';
import { freshWorkingSet } from '../../../machines/monitor/engine/observe';
import type { MonitorConfig } from '../config/monitor-config';
import { logBytes } from '../../shared/event-log/segments';
import type { Logger } from '../../shared/logging/logger';
import type { LogHealth, MetricFacts } from '../metrics';
import type { StatusReport } from '../status/report';
import { within } from '../../shared/within';
import { Address } from './address';
import type { OpenLog } from './open-log';
import type { Session } from './session';

/** What is scraped. */
export interface Scraped {
  readonly session: Session;
  readonly log: OpenLog;
  readonly report: () => StatusReport;
}

/** To be called in the tick in which the session starts, else its first events are not counted. @returns closes it */
export type OpenMetrics = (scraped: Scraped) => () => Promise<void>;

const NOTHING = (): Promise<void> => Promise.resolve();

/** Null: the disk does not say in time. */
const bytesWithin = async (dir: string, ms: number): Promise<number | null> => {
  let bytes: number | null = null;
  const look = logBytes(dir).then((found) => (bytes = found));
  await within(
    look.catch(() => null),
    ms,
  );
  return bytes;
};

const logHealth = async ({ dir, isBroken }: OpenLog, diskMs: number): Promise<LogHealth | null> =>
  dir === null ? null : { broken: isBroken(), bytes: await bytesWithin(dir, diskMs) };

const factsOf = ({ session, report }: Scraped, log: LogHealth | null): MetricFacts => {
  const { at, samplingIntervalMs, grantUpMs, denial } = session.snapshot();
  const { domain } = session.loop.state;
  const workingSetPages = freshWorkingSet(at, domain);
  return { status: report(), domain, samplingIntervalMs, grantUpMs, denied: denial !== null, workingSetPages, log };
};

/** Everything that is needed for metrics is loaded here, and only with the flag. */
export const prepareMetrics = async ({ metrics: endpoint }: MonitorConfig, logger: Logger): Promise<OpenMetrics> => {
  if (endpoint === null) return () => NOTHING;
  const { createMetrics, serveMetrics, SCRAPE_DEADLINES } = await import('../metrics');
  const metrics = createMetrics();
  const serve = async (scraped: Scraped): Promise<() => Promise<void>> => {
    const read = async (): Promise<string> =>
      metrics.text(factsOf(scraped, await logHealth(scraped.log, SCRAPE_DEADLINES.diskMs)));
    const served = await serveMetrics(endpoint, read);
    if (isLeft(served)) {
      logger.warn('metrics not served', { reason: served.left });
      return NOTHING;
    }
    const { host, port } = served.right.address;
    logger.info('metrics', { url: `http://${String(new Address(host, port))}/metrics` });
    return () => served.right.close();
  };
  return (scraped) => {
    metrics.follow(scraped.session.loop);
    const serving = serve(scraped);
    return async () => (await serving)();
  };
};
