/** The HTTP server that metrics are scraped from: GET /metrics and nothing else, a connection for each scrape. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import * as E from 'fp-ts/Either';
import { errorText } from '../../../machines/shared/error-text';
import { bind, boundedHttpServer, closeServer } from '../../shared/http-server';
import { SECOND_MS } from '../../../machines/shared/units';

/** An agent, two Prometheus servers and a person with curl; further ones are hung up on. */
export const MAX_SCRAPE_SOCKETS = 8;
interface ScrapeDeadlines {
  /** Until the request must have come. */
  readonly requestMs: number;
  /** Silence after which a scraper that does not take its text is hung up on. */
  readonly idleMs: number;
  /** What must be asked of the disk; where it hangs, the rest is reported without it. */
  readonly diskMs: number;
}
export const SCRAPE_DEADLINES: ScrapeDeadlines = { requestMs: 4 * SECOND_MS, idleMs: 4 * SECOND_MS, diskMs: SECOND_MS };

const PATH = '/metrics';
/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface MetricsServer {
  readonly address: { readonly host: string; readonly port: number };
  /** Hangs up on all scrapers. */
  close(): Promise<void>;
}

const answer = (response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders = {}): void => {
  const length = { 'Content-Length': Buffer.byteLength(text), Connection: 'close' };
  response.writeHead(status, { 'Content-Type': CONTENT_TYPE, ...length, ...headers }).end(text);
};

/** Scrapes at the same time share one reading, so that many cost no more than one. */
const shared = (read: () => Promise<string>): (() => Promise<string>) => {
  let underWay: Promise<string> | null = null;
  return () =>
    (underWay ??= read().finally(() => {
      underWay = null;
    }));
};

/**
 * Left: why nothing can be served, one line that names the address; the monitor logs it and goes on
 * (rule R9). Never rejects.
 *
 * @param read the text, for each scrape anew
 * @param deadlines shorter ones are for tests
 */
export const serveMetrics = async (
  { host, port }: { readonly host: string; readonly port: number },
  read: () => Promise<string>,
  { requestMs, idleMs }: ScrapeDeadlines = SCRAPE_DEADLINES,
): Promise<E.Either<string, MetricsServer>> => {
  const scrape = shared(read);
  const serve = ({ url = '', method }: IncomingMessage, response: ServerResponse): void => {
    if (url.split('?', 1)[0] !== PATH) {
      answer(response, 404, `only ${PATH} is served here\n`);
    } else if (method !== 'GET') {
      answer(response, 405, 'only GET is allowed\n', { Allow: 'GET' });
    } else {
      scrape().then(
        (text) => {
          answer(response, 200, text);
        },
        (error: unknown) => {
          answer(response, 500, `${String(error)}\n`);
        },
      );
    }
  };
  const server = boundedHttpServer({ requestMs, maxSockets: MAX_SCRAPE_SOCKETS });
  server.on('request', serve).setTimeout(idleMs);
  try {
    const address = await bind(server, host, port);
    return E.right({ address, close: () => closeServer(server) });
  } catch (error) {
    return E.left(`metrics: ${errorText(error)}`);
  }
};
