import * as E from 'fp-ts/Either';
import { MAX_FRAMES_PER_WINDOW } from '../../../adapters/agent-link/limits';
import { decodeFrame } from '../../../machines/protocol/decode';
import { MAX_ERROR_CHARS } from '../../../machines/protocol/explain';
import { mulberry32 } from '../../support/prng';
import { randomFrame } from '../../support/random-frames';
import { connectAgent } from '../../support/test-agent';
import { startLink, stopLinks } from './support';

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

describe('more frames than a window allows', () => {
  it('wait in the socket until the next window, and none is lost', async () => {
    const { url, told, first } = await startLink({}, { floodWindowMs: 200, closeMs: 10_000 });
    const agent = await connectAgent(url);
    // Long frames: one read from the socket (64 KiB) brings few of them beyond the limit.
    const total = MAX_FRAMES_PER_WINDOW + 200;
    const frame = 'x'.repeat(4096);
    const startedAt = performance.now();
    for (let i = 0; i < total; i += 1) agent.send(frame);
    agent.socket.close(1000);
    await first('agent.lost');
    expect(told.filter(({ type }) => type === 'frame.received')).toHaveLength(total);
    // Timers of node may fire up to 1 ms early.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(199);
  });
});
