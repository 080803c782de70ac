/** One scrape against a real HTTP server. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { scrape, MAX_METRICS_BYTES } from '../../../adapters/agent/scrape';
import { matching } from '../../support/matching';

let server: Server;
const serve = async (listener: RequestListener): Promise<string> => {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return `http://127.0.0.1:${address.port}/metrics`;
};
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

it('gives the text', async () => {
  expect(await scrape(await serve((_, response) => response.end('host_load1 1\n')))).toMatchObject({
    right: 'host_load1 1\n',
  });
});

it('another status than 200 is named', async () => {
  const url = await serve((_, response) => response.writeHead(503).end());
  expect(await scrape(url)).toMatchObject({ left: `${url}: answers 503, expected 200` });
});

it('a body without end is cut off', async () => {
  const url = await serve((_, response) => response.end('x'.repeat(2 * MAX_METRICS_BYTES)));
  expect(await scrape(url)).toMatchObject({ left: `${url}: sends more than ${MAX_METRICS_BYTES} bytes` });
});

it('a connection that breaks off, or is refused, is named', async () => {
  const url = await serve((_, response) => {
    response.write('host');
    response.destroy();
  });
  expect(await scrape(url)).toMatchObject({ left: matching(/\/metrics: /) });
  const refused = 'http://127.0.0.1:1/metrics';
  expect(await scrape(refused)).toMatchObject({ left: `${refused}: connect ECONNREFUSED 127.0.0.1:1` });
});
