/** Real sockets on loopback. */
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { serveMetrics, type MetricsServer } from '../../../../adapters/monitor/metrics';
import { leftOf, rightOf } from '../../../support/either';
import { MAX_SCRAPE_SOCKETS, SCRAPE_DEADLINES } from '../../../../adapters/monitor/metrics/serve';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const servers: MetricsServer[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const serve = async (read: () => Promise<string>, deadlines = SCRAPE_DEADLINES): Promise<string> => {
  const server = rightOf(await serveMetrics(LOOPBACK, read, deadlines));
  servers.push(server);
  return `http://127.0.0.1:${server.address.port}`;
};

const said = (text: string) => () => Promise.resolve(text);

const dial = async (url: string): Promise<Socket> => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

describe('the metrics server', () => {
  it('answers GET /metrics, with or without a query, as Prometheus wants it', async () => {
    const url = await serve(said('a 1\n'));
    for (const path of ['/metrics', '/metrics?name[]=a']) {
      const response = await fetch(url + path);
      expect([response.status, await response.text()]).toEqual([200, 'a 1\n']);
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    }
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['POST', '/monitor', 404],
    ['POST', '/metrics', 405],
    ['HEAD', '/metrics', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    const response = await fetch((await serve(said(''))) + path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([status, status === 405 ? 'GET' : null]);
  });

  it('reads anew for each scrape, and once for scrapes at the same time', async () => {
    const asked: ((text: string) => void)[] = [];
    const url = await serve(() => new Promise((resolve) => asked.push(resolve)));
    const scrape = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
    const both = Promise.all([scrape(), scrape()]);
    // Requests are answered in the order of their connections: both have come when a later one has its answer.
    expect((await fetch(url)).status).toBe(404);
    expect(asked).toHaveLength(1);
    asked[0]!('first\n');
    expect(await both).toEqual(['first\n', 'first\n']);
    const later = scrape();
    while (asked.length < 2) await new Promise(setImmediate);
    asked[1]!('second\n');
    expect(await later).toBe('second\n');
  });

  it('answers 500 with the reason when the text cannot be made, and goes on', async () => {
    const url = await serve(() => Promise.reject(new Error('a broken invariant')));
    const scrape = () => fetch(`${url}/metrics`);
    for (const response of [await scrape(), await scrape()])
      expect([response.status, await response.text()]).toEqual([500, 'Error: a broken invariant\n']);
  });

  it('says why it cannot listen, with the address', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const failure = leftOf(await serveMetrics({ host: '127.0.0.1', port }, said('')));
    other.close();
    expect(failure).toBe(`metrics: listen EADDRINUSE: address already in use 127.0.0.1:${port}`);
  });

  it('hangs up on who says nothing, and on who never ends the request', async () => {
    const url = await serve(said(''), { ...SCRAPE_DEADLINES, requestMs: 200, idleMs: 200 });
    const [silent, slow] = await Promise.all([dial(url), dial(url)]);
    slow.write('GET /metrics HTTP/1.1\r\nX: ');
    await Promise.all([silent, slow].map((socket) => once(socket.resume(), 'close')));
  });

  it('holds no more sockets than its bound, and takes another when one is gone', async () => {
    const url = await serve(said('a 1\n'));
    const held = await Promise.all(Array.from({ length: MAX_SCRAPE_SOCKETS }, () => dial(url)));
    await once((await dial(url)).resume(), 'close');
    held[0]!.destroy();
    for (;;) {
      const response = await fetch(`${url}/metrics`).catch(() => null);
      if (response?.status === 200) break;
    }
  });

  it('hangs up on all at its end', async () => {
    const url = await serve(said(''));
    const socket = await dial(url);
    const hungUp = once(socket.resume(), 'close');
    await servers.splice(0)[0]!.close();
    await hungUp;
    await expect(fetch(`${url}/metrics`)).rejects.toThrow('fetch failed');
  });
});
