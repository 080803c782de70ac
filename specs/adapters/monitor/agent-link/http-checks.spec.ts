import { request, type IncomingHttpHeaders } from 'node:http';
import { connectAgent } from '../../../support/test-agent';
import { startLink, stopLinks } from './support';

afterEach(stopLinks);

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** One HTTP request; 101 when it was upgraded. */
const ask = (port: number, { path = '/monitor', method = 'GET', headers = UPGRADE }: Ask): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
    });
    asked.on('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    asked.on('error', reject);
    asked.end();
  });

describe('the HTTP checks', () => {
  it('let a good upgrade through, also with a query', async () => {
    const { port } = await startLink();
    expect((await ask(port, {})).status).toBe(101);
    expect((await ask(port, { path: '/monitor?from=agent' })).status).toBe(101);
  });

  it('answer a wrong path with 404, upgrade or not', async () => {
    const { port } = await startLink();
    for (const path of ['/', '/monitors', '/monitor/', '/Monitor']) {
      const answer = await ask(port, { path });
      expect([path, answer.status, answer.body]).toEqual([path, 404, 'only /monitor is served here']);
    }
    expect((await ask(port, { path: '/', headers: {} })).status).toBe(404);
  });

  it('answer a wrong method with 405 and what is allowed, upgrade or not', async () => {
    const { port } = await startLink();
    const answer = await ask(port, { method: 'POST' });
    expect([answer.status, answer.headers.allow, answer.body]).toEqual([405, 'GET', 'only GET is allowed']);
    expect((await ask(port, { method: 'DELETE', headers: {} })).status).toBe(405);
  });

  it.each([
    ['no upgrade at all', {}, 'bad upgrade: Connection must be Upgrade'],
    ['no Connection', { ...UPGRADE, Connection: 'close' }, 'bad upgrade: Connection must be Upgrade'],
    ['another protocol', { ...UPGRADE, Upgrade: 'h2c' }, 'bad upgrade: Upgrade must be websocket'],
    [
      'a bad key',
      { ...UPGRADE, 'Sec-WebSocket-Key': 'short' },
      'bad upgrade: Sec-WebSocket-Key must be 16 bytes in base64',
    ],
    ['an old version', { ...UPGRADE, 'Sec-WebSocket-Version': '8' }, 'bad upgrade: Sec-WebSocket-Version must be 13'],
  ])('answer %s with 400', async (_name, headers, message) => {
    const { port } = await startLink();
    const answer = await ask(port, { headers });
    expect([answer.status, answer.body, answer.headers['sec-websocket-version']]).toEqual([400, message, '13']);
  });

  it.each([
    ['none', {}],
    ['a wrong one', { Authorization: 'Bearer other' }],
    ['a longer one', { Authorization: 'Bearer s3cret-and-more' }],
    ['another scheme', { Authorization: 'Basic s3cret' }],
    ['an empty one', { Authorization: 'Bearer ' }],
  ])('answer 401 where a token is required and there is %s', async (_name, headers) => {
    const { port } = await startLink({ token: 's3cret' });
    const answer = await ask(port, { headers: { ...UPGRADE, ...headers } });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });

  it('let the right token through', async () => {
    const { port } = await startLink({ token: 's3cret' });
    expect((await ask(port, { headers: { ...UPGRADE, Authorization: 'Bearer s3cret' } })).status).toBe(101);
    expect((await ask(port, { headers: { ...UPGRADE, Authorization: 'bearer s3cret' } })).status).toBe(101);
  });

  it('answer any Origin that is not listed with 403', async () => {
    const { port } = await startLink({ allowOrigins: ['https://ops.example'] });
    expect((await ask(port, { headers: { ...UPGRADE, Origin: 'https://evil.example' } })).status).toBe(403);
    expect((await ask(port, { headers: { ...UPGRADE, Origin: 'null' } })).status).toBe(403);
    expect((await ask(port, { headers: { ...UPGRADE, Origin: 'https://ops.example' } })).status).toBe(101);
  });

  it('stand in the order 404, 405, 400, 401, 403', async () => {
    const { port } = await startLink({ token: 's3cret', allowPeers: ['10.0.0.0/8'] });
    const bad = { path: '/x', method: 'POST', headers: { Origin: 'https://evil.example' } };
    expect((await ask(port, bad)).status).toBe(404);
    expect((await ask(port, { ...bad, path: '/monitor' })).status).toBe(405);
    expect((await ask(port, { headers: bad.headers })).status).toBe(400);
    expect((await ask(port, { headers: { ...UPGRADE, ...bad.headers } })).status).toBe(401);
    const authorized = { ...UPGRADE, ...bad.headers, Authorization: 'Bearer s3cret' };
    expect(await ask(port, { headers: authorized })).toMatchObject({
      status: 403,
      body: 'this address may not connect',
    });
  });

  it('tell nothing about a request that they refuse', async () => {
    const { port, told } = await startLink({ token: 's3cret' });
    await ask(port, {});
    await ask(port, { path: '/' });
    expect(told).toEqual([]);
  });
});

describe('peers', () => {
  it('are let in by CIDR block, IPv4 over an IPv6 socket too', async () => {
    const { port, told, first } = await startLink({ host: '::', allowPeers: ['127.0.0.0/8'] });
    const agent = await connectAgent(`ws://127.0.0.1:${port}/monitor`);
    expect(agent.reply.version).toBe(1);
    await first('agent.connected');
    expect(told[0]).toMatchObject({
      type: 'handshake.started',
      peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    });
    await expect(connectAgent(`ws://[::1]:${port}/monitor`)).rejects.toThrow('HTTP 403');
  });

  it('over IPv6 match IPv6 blocks', async () => {
    const { url, told } = await startLink({ host: '::1', allowPeers: ['10.0.0.0/8', '::1'] });
    await connectAgent(url);
    expect(told[0]).toMatchObject({
      type: 'handshake.started',
      peer: expect.stringMatching(/^\[::1\]:\d+$/) as string,
    });
  });
});

describe('a link that cannot be', () => {
  it.each(['10.0.0.0/33', '10.0.0/8', 'localhost', '::1/129', '10.0.0.0/', '10.0.0.0/8/8', ''])(
    'refuses the block %p',
    async (block) => {
      await expect(startLink({ allowPeers: [block] })).rejects.toThrow(
        `allowPeers: "${block}" is not a CIDR block such as 10.0.0.0/8, fd00::/8 or a single address`,
      );
    },
  );

  it('refuses an empty token', async () => {
    await expect(startLink({ token: '' })).rejects.toThrow('token: must not be empty');
  });

  it('rejects when the port is taken', async () => {
    const { port } = await startLink();
    await expect(startLink({ port })).rejects.toThrow('EADDRINUSE');
  });
});
