/** One GET of a VM's metrics, bounded in time and bytes. */
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import * as E from 'fp-ts/Either';
import { MIB, SECOND_MS } from '../../machines/shared/units';

/** Below the interval of scrapes, so that one has ended before the next begins. */
const SCRAPE_DEADLINE_MS = 4 * SECOND_MS;
/** Some hundred times what an exporter sends. */
export const MAX_METRICS_BYTES = MIB;

/** Never rejects. Left: what went wrong, with the address. */
export const scrape = (url: string): Promise<E.Either<string, string>> =>
  new Promise((resolve) => {
    const fail = (reason: string): void => {
      resolve(E.left(`${url}: ${reason}`));
      request.destroy();
    };
    const get = url.startsWith('https:') ? httpsGet : httpGet;
    const request = get(url, { signal: AbortSignal.timeout(SCRAPE_DEADLINE_MS) }, (response) => {
      const { statusCode = 0 } = response;
      if (statusCode !== 200) {
        fail(`answers ${statusCode}, expected 200`);
        return;
      }
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_METRICS_BYTES) fail(`sends more than ${MAX_METRICS_BYTES} bytes`);
      });
      response.on('end', () => {
        resolve(E.right(text));
      });
      response.on('error', ({ message }) => {
        fail(message);
      });
    });
    request.on('error', ({ message }) => {
      fail(message);
    });
  });
