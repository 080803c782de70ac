/**
 * A broken or hostile agent: random and mutated frames over a real socket. Never a crash, never a
 * silent drop. Each run has the same frames; FUZZ_SEED=<number> gives others.
 */
import * as E from 'fp-ts/Either';
import { replayEventLog } from '../../adapters/tools/replay';
import type { Envelope } from '../../machines/monitor/events';
import { decodeFrame } from '../../machines/shared/protocol/decode';
import { monitorFrame } from '../support/monitor-frames';
import { startTestMonitor, stopMonitors, type RunningMonitor } from '../support/monitor';
import { mulberry32 } from '../support/prng';
import { randomFrame } from '../support/random-frames';
import { RANGE_V1_1, type TestAgent } from '../support/test-agent';

afterEach(stopMonitors);

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const FRAMES = 10_000;
/** Sent in one go; the monitor hangs up within it where more than ten are malformed. */
const BATCH = 40;
const BINARY_FRACTION = 0.02;
/** Marks the end of a batch; an id that no random frame bears. */
const MARK = {
  text: '{"content":{},"type":"HealthCheck","id":123456789123456789}',
  reply: 'HealthCheck 123456789123456789',
};

/** What one frame of the agent is, and how it must be answered. */
interface Fuzzed {
  readonly text: string;
  readonly binary: boolean;
  /** "type id", null when there is no answer to such a frame. */
  readonly reply: string | null;
}

const REPLY_TYPES: Readonly<Record<string, string>> = {
  HealthCheck: 'HealthCheck',
  UpscaleNotification: 'UpscaleConfirmation',
  DownscaleRequest: 'DownscaleResult',
};

const replyTo = (text: string): string | null => {
  const decoded = decodeFrame(text);
  if (E.isLeft(decoded)) return `InvalidMessage ${decoded.left.id}`;
  const { type, id } = decoded.right;
  return type in REPLY_TYPES ? `${String(REPLY_TYPES[type])} ${id}` : null;
};

const fuzzed = (random: () => number): Fuzzed => {
  const text = randomFrame(random);
  const binary = random() < BINARY_FRACTION;
  return { text, binary, reply: binary ? 'InvalidMessage 0' : replyTo(text) };
};

/** "type id" of a frame of the monitor that answers one of the agent's, with all digits; null for its own requests. */
const replyIn = (text: string): string | null => {
  const { type } = monitorFrame(text);
  const id = /"id":(\d+)\}$/.exec(text)?.[1] ?? '?';
  return type === 'ScaleRequest' || type === 'UpscaleRequest' ? null : `${type} ${id}`;
};

interface Heard {
  readonly replies: readonly string[];
  /** Null while the connection stands. */
  readonly closeCode: number | null;
}

/** Everything up to the answer to the mark, or to the end of the connection. */
const listen = async (agent: TestAgent): Promise<Heard> => {
  const replies: string[] = [];
  for (;;) {
    const text = await agent.next().catch(() => null);
    if (text === null) return { replies, closeCode: (await agent.closed).code };
    const reply = replyIn(text);
    if (reply === MARK.reply) return { replies, closeCode: null };
    if (reply !== null) replies.push(reply);
  }
};

/** The frames among these events that came on this connection, without the mark. */
const received = (events: readonly Envelope[], conn: string | undefined): readonly Pick<Fuzzed, 'text' | 'binary'>[] =>
  events.flatMap(({ event }) =>
    event.type === 'frame.received' && event.conn === conn && event.text !== MARK.text
      ? [{ text: event.text, binary: event.binary === true }]
      : [],
  );

const asLogged = ({ text, binary }: Fuzzed): Pick<Fuzzed, 'text' | 'binary'> =>
  binary ? { text: '', binary } : { text, binary };

/** Sends a batch on a new connection and checks its account. @returns how many frames the monitor took */
const sendBatch = async (running: RunningMonitor, batch: readonly Fuzzed[]): Promise<number> => {
  const eventsBefore = running.events.length;
  const agent = await running.agent({ range: RANGE_V1_1 });
  for (const { text, binary } of batch) agent.socket.send(Buffer.from(text), { binary });
  agent.send(MARK.text);
  const { replies, closeCode } = await listen(agent);
  const logged = received(running.events.slice(eventsBefore), agent.reply.conn);
  const taken = batch.slice(0, logged.length);
  expect(logged).toEqual(taken.map(asLogged));
  expect(replies).toEqual(taken.flatMap(({ reply }) => (reply === null ? [] : [reply])));
  // Only a connection that was hung up on may have frames that were not taken; the last straw may be the last frame.
  expect(closeCode ?? 1008).toBe(1008);
  if (closeCode === null) expect(taken).toHaveLength(batch.length);
  await agent.close();
  return taken.length;
};

it(`${FRAMES} random frames (FUZZ_SEED=${SEED}) are each logged once, in order, and answered`, async () => {
  const running = await startTestMonitor();
  const random = mulberry32(SEED);
  const frames = Array.from({ length: FRAMES }, () => fuzzed(random));
  for (let sent = 0; sent < FRAMES;) sent += await sendBatch(running, frames.slice(sent, sent + BATCH));

  await running.stop();
  const logged = running.events.filter(({ event }) => event.type === 'frame.received' && event.text !== MARK.text);
  expect(logged).toHaveLength(FRAMES);
  const malformed = frames.filter(({ reply }) => reply?.startsWith('InvalidMessage') === true).length;
  expect(malformed).toBeGreaterThan(FRAMES / 2);
  expect(malformed).toBeLessThan(FRAMES);
  expect(await replayEventLog(running.logDir)).toMatchObject({ divergences: 0, redecided: 0, first: null });
}, 240_000);
