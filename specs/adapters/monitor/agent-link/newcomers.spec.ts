/** Who has said nothing yet never keeps out an agent that speaks: of the silent the oldest makes room. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { closeOf, connectAgent, openSocket } from '../../../support/test-agent';
import { startLink, stopLinks } from './support';
import { MAX_HANDSHAKES } from '../../../../adapters/monitor/agent-link/connections';
import { MAX_SOCKETS, MAX_STRANGERS } from '../../../../adapters/monitor/agent-link/listen';

const ends: (() => void)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await stopLinks();
});

/** A TCP connection that says nothing. */
const silentTcp = async (port: number, localAddress = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined).resume();
  ends.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
};

/** As many as asked for, each opened again as soon as it is dropped. */
const standing = (count: number, open: () => { once: (event: 'close', again: () => void) => unknown }): void => {
  let goesOn = true;
  ends.push(() => (goesOn = false));
  const stand = (): void => {
    if (goesOn) open().once('close', () => setImmediate(stand));
  };
  for (let i = 0; i < count; i += 1) stand();
};

const standingTcp = (count: number, port: number): void => {
  standing(count, () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    ends.push(() => socket.destroy());
    return socket.resume();
  });
};

const standingUpgraded = (count: number, url: string): void => {
  standing(count, () => {
    const socket = new WebSocket(url).on('error', () => undefined);
    ends.push(() => {
      socket.terminate();
    });
    return socket;
  });
};

const TRIES = 100;

describe.each([16, 64])('%d that upgraded and 500 that only connected, all silent and there again at once', (count) => {
  it(`keep none of ${TRIES} handshakes from completing`, async () => {
    const { url, port } = await startLink();
    standingTcp(500, port);
    standingUpgraded(count, url);
    const failures: string[] = [];
    for (let i = 0; i < TRIES; i += 1) {
      await connectAgent(url).then(
        ({ socket }) => {
          socket.terminate();
        },
        (error: unknown) => failures.push(String(error)),
      );
    }
    expect(failures).toEqual([]);
  });
});

describe('one silent websocket too many', () => {
  it('costs the oldest its place, by a Close frame with the reason; the others stay', async () => {
    const { url, told, first } = await startLink();
    const oldest = await openSocket(url);
    const closed = closeOf(oldest);
    for (let i = 1; i < MAX_HANDSHAKES; i += 1) await openSocket(url);
    expect((await connectAgent(url)).reply.version).toBe(1);
    const reason = `silent for too long: ${MAX_HANDSHAKES} newer connections wait for their handshake`;
    expect(await closed).toEqual({ code: 1013, reason });
    expect((await first('handshake.failed')).reason).toBe(reason);
    expect(told.filter(({ type }) => type === 'handshake.failed')).toHaveLength(1);
  });

  it('never costs a connected agent its place', async () => {
    const { url, first } = await startLink();
    const agent = await connectAgent(url);
    for (let i = 0; i < 2 * MAX_HANDSHAKES; i += 1) await openSocket(url);
    agent.send('still here');
    expect((await first('frame.received')).text).toBe('still here');
  });

  it('is dropped also where nobody reads the Close frame', async () => {
    const { url, told } = await startLink({}, { closeMs: 60_000, handshakeMs: 60_000 });
    for (let i = 0; i < 3 * MAX_HANDSHAKES; i += 1) {
      const socket = await openSocket(url);
      socket.pause();
      ends.push(() => {
        socket.terminate();
      });
    }
    expect(told.filter(({ type }) => type === 'handshake.failed')).toHaveLength(2 * MAX_HANDSHAKES);
    expect((await connectAgent(url)).reply.version).toBe(1);
  });
});

describe('one silent TCP connection too many', () => {
  it('costs the oldest its place and no newer one', async () => {
    const { port } = await startLink({}, { handshakeMs: 60_000 });
    const gone: number[] = [];
    for (let i = 0; i < MAX_SOCKETS + 3; i += 1) (await silentTcp(port)).once('close', () => gone.push(i));
    const last = await silentTcp(port);
    last.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(last, 'close');
    expect(gone.sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  });
});

describe('who may not connect', () => {
  it('by address costs no allowed one its place, and is still answered', async () => {
    const { port, url } = await startLink({ allowPeers: ['127.0.0.1'] }, { handshakeMs: 60_000 });
    const allowed = await silentTcp(port);
    let isDropped = false;
    allowed.once('close', () => (isDropped = true));
    for (let i = 0; i < MAX_SOCKETS + MAX_STRANGERS; i += 1) await silentTcp(port, '127.0.0.2');
    const stranger = await silentTcp(port, '127.0.0.2');
    stranger.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(stranger, 'close');
    expect((await connectAgent(url)).reply.version).toBe(1);
    expect(isDropped).toBe(false);
  });

  it('by token costs no handshake its place', async () => {
    const { url } = await startLink({ token: 's3cret' }, { handshakeMs: 60_000 });
    const silent = await openSocket(url, { token: 's3cret' });
    for (let i = 0; i < MAX_HANDSHAKES; i += 1) await expect(openSocket(url)).rejects.toThrow('HTTP 401');
    silent.send('{"min":1,"max":1}');
    const [reply] = (await once(silent, 'message')) as [Buffer];
    expect(JSON.parse(reply.toString('utf8'))).toMatchObject({ version: 1 });
  });
});
