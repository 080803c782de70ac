import { once } from 'node:events';
import { connect } from 'node:net';
import * as E from 'fp-ts/Either';
import { WebSocket } from 'ws';
import { decodeFrame } from '../../../../machines/shared/protocol/decode';
import { MAX_ERROR_CHARS } from '../../../../machines/shared/protocol/explain';
import { mulberry32 } from '../../../support/prng';
import { randomFrame } from '../../../support/random-frames';
import { connectAgent, openSocket } from '../../../support/test-agent';
import { startLink, stopLinks, type TestLink } from './support';
import { MAX_FRAMES_PER_WINDOW, MAX_BYTES_PER_WINDOW } from '../../../../adapters/monitor/agent-link/allowance';

afterEach(stopLinks);

const FRAMES = 10_000;

describe('random and mutated frames', () => {
  const seed = Number(process.env['SEED'] ?? 20_260_101);

  it(`arrive each as one event in order and never make the decoder throw (SEED=${seed})`, async () => {
    const random = mulberry32(seed);
    const sent = Array.from({ length: FRAMES }, () => randomFrame(random));
    const { url, told, first } = await startLink({}, { floodWindowMs: 20 });
    const agent = await connectAgent(url);
    for (const text of sent) agent.send(text);
    // Behind all the frames in the stream, so that agent.lost comes after the last of them.
    agent.socket.close(1000);
    expect((await first('agent.lost')).reason).toBe('closed by the agent: 1000');
    const received = told.flatMap((event) => (event.type === 'frame.received' ? [event.text] : []));
    expect(received).toEqual(sent);

    const results = received.map(decodeFrame);
    const errors = results.flatMap((result) => (E.isLeft(result) ? [result.left] : []));
    expect(errors.length).toBeGreaterThan(FRAMES / 2);
    expect(results.length - errors.length).toBeGreaterThan(FRAMES / 20);
    expect(errors.filter(({ error }) => error === '' || error.length > MAX_ERROR_CHARS)).toEqual([]);
    expect(errors.filter(({ id }) => !/^\d{1,20}$/.test(id))).toEqual([]);
  });
});

/** A client whose frames leave in one write, and what it gets. */
const inOneWrite = async (
  { url, port }: TestLink,
  send: (socket: WebSocket) => void,
): Promise<{ readonly socket: WebSocket; readonly pongs: () => number }> => {
  const raw = connect(port, '127.0.0.1');
  const socket = new WebSocket(url, { createConnection: () => raw });
  await once(socket, 'open');
  let pongs = 0;
  socket.on('pong', () => (pongs += 1));
  socket.send('{"min":1,"max":1}');
  await once(socket, 'message');
  raw.cork();
  send(socket);
  raw.uncork();
  return { socket, pongs: () => pongs };
};

const receivedBy = ({ told }: TestLink): number => told.filter(({ type }) => type === 'frame.received').length;

describe('more than a window allows', () => {
  it('of frames waits in the socket until the next window, and none is lost', async () => {
    const link = await startLink({}, { floodWindowMs: 200, closeMs: 10_000 });
    const total = MAX_FRAMES_PER_WINDOW + 200;
    const startedAt = performance.now();
    await inOneWrite(link, (socket) => {
      for (let i = 0; i < total; i += 1) socket.send('x');
      socket.close(1000);
    });
    expect((await link.first('agent.lost')).reason).toBe('closed by the agent: 1000');
    expect(receivedBy(link)).toBe(total);
    // Timers of node may fire up to 1 ms early.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(199);
  });

  it.each([
    ['tiny frames, which one read brings by the thousand,', '', 5_000, MAX_FRAMES_PER_WINDOW],
    ['frames of 60 kB', 'x'.repeat(60_000), 18, 1],
    ['frames of 4 KiB', 'x'.repeat(4096), 400, MAX_BYTES_PER_WINDOW / 4096],
  ])('of %s is not told in that window', async (_name, text, total, allowed) => {
    const link = await startLink({}, { floodWindowMs: 60_000 });
    await inOneWrite(link, (socket) => {
      for (let i = 0; i < total; i += 1) socket.send(text);
    });
    for (let i = 0; i < 5; i += 1) await connectAgent(link.url);
    expect(receivedBy(link)).toBe(allowed);
  });

  it.each([
    ['tiny frames', '', 5_000],
    ['frames of 60 kB', 'x'.repeat(60_000), 18],
  ])('of %s is told in the end, all of it and in order', async (_name, text, total) => {
    const link = await startLink({}, { floodWindowMs: 5, closeMs: 10_000 });
    await inOneWrite(link, (socket) => {
      for (let i = 0; i < total; i += 1) socket.send(text);
      socket.send('last');
      socket.close(1000);
    });
    expect((await link.first('agent.lost')).reason).toBe('closed by the agent: 1000');
    expect(receivedBy(link)).toBe(total + 1);
    expect(link.told.at(-2)).toMatchObject({ text: 'last' });
  });

  it('is one bound for all that have connected: a new connection brings no new allowance', async () => {
    const link = await startLink({}, { floodWindowMs: 60_000 });
    const one = await connectAgent(link.url);
    one.send('x'.repeat(MAX_BYTES_PER_WINDOW));
    await link.first('frame.received');
    const two = await connectAgent(link.url);
    two.send('x');
    // Neither held back nor told: the handshake of a third is complete meanwhile, with a round trip of its own.
    await connectAgent(link.url);
    expect(receivedBy(link)).toBe(1);
    expect(link.told.filter(({ type }) => type === 'agent.connected')).toHaveLength(3);
  });
});

describe('pings', () => {
  it.each([200, 5_000])('%d at once are all answered, and the connection stays', async (total) => {
    const link = await startLink({}, { floodWindowMs: 20 });
    const { socket, pongs } = await inOneWrite(link, (each) => {
      for (let i = 0; i < total; i += 1) each.ping('beat');
    });
    while (pongs() < total) await once(socket, 'pong');
    socket.send('still here');
    expect((await link.first('frame.received')).text).toBe('still here');
    expect(link.told.filter(({ type }) => type === 'agent.lost')).toEqual([]);
  });

  it('are answered with their own data before the handshake, too', async () => {
    const { url } = await startLink();
    const socket = await openSocket(url);
    socket.ping('are you there');
    const [data] = (await once(socket, 'pong')) as [Buffer];
    expect(data.toString('utf8')).toBe('are you there');
  });
});
