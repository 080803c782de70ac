/**
 * Each number of each message of the agent at its extremes, over a real socket. Whatever comes is answered with next
 * to no work, the log replays, and a monitor that starts again on that log is healthy.
 */
import { replayEventLog } from '../../adapters/tools/replay';
import { startTestMonitor, stopMonitors, testTree, type RunningMonitor } from '../support/monitor';
import { RANGE_V1_1, type TestAgent } from '../support/test-agent';

afterEach(stopMonitors);

const LITERALS = [
  '0',
  '-0',
  '-1',
  '1',
  '0.5',
  '1024',
  '1025',
  '1e6',
  '1e9',
  '1e308',
  '1e309',
  '5e-324',
  '2.2250738585072014e-308',
  String(2n ** 50n),
  String(2n ** 50n + 1n),
  String(2n ** 53n),
  String(2n ** 53n + 1n),
  String(2n ** 63n),
  String(2n ** 64n - 1n),
  String(2n ** 64n),
  `1${'0'.repeat(400)}`,
];

/** Messages with a hole for a number, and how a good one is answered; null: not at all. */
const HOLES: readonly (readonly [template: string, reply: string | null])[] = [
  ['{"content":{"granted":{"cpu":#,"mem":1073741824}},"type":"UpscaleNotification","id":2}', 'UpscaleConfirmation'],
  ['{"content":{"granted":{"cpu":1,"mem":#}},"type":"UpscaleNotification","id":2}', 'UpscaleConfirmation'],
  ['{"content":{"granted":{"cpu":#,"mem":#}},"type":"UpscaleNotification","id":2}', 'UpscaleConfirmation'],
  ['{"content":{"granted":{"cpu":1,"mem":1073741824}},"type":"UpscaleNotification","id":#}', 'UpscaleConfirmation'],
  ['{"content":{"target":{"cpu":#,"mem":1073741824}},"type":"DownscaleRequest","id":2}', 'DownscaleResult'],
  ['{"content":{"target":{"cpu":1,"mem":#}},"type":"DownscaleRequest","id":2}', 'DownscaleResult'],
  ['{"content":{"target":{"cpu":1,"mem":1073741824}},"type":"DownscaleRequest","id":#}', 'DownscaleResult'],
  ['{"content":{},"type":"HealthCheck","id":#}', 'HealthCheck'],
  ['{"content":{"error":"no"},"type":"InvalidMessage","id":#}', null],
  ['{"content":{"error":"no"},"type":"InternalError","id":#}', null],
  ['{"content":{"target":{"cpu":#,"mem":#},"reason":"full"},"type":"ScaleDenied","id":3}', null],
  ['{"content":{"granted":{"cpu":#,"mem":#}},"type":"VmInfo","id":2}', null],
  ['{"content":{"min":{"cpu":#,"mem":#},"max":{"cpu":#,"mem":#}},"type":"VmInfo","id":2}', null],
  ['{"content":{"max":{"cpu":#,"mem":1073741824},"unit":{"cpu":#,"mem":#}},"type":"VmInfo","id":2}', null],
  ['{"content":{"etaMs":#},"type":"VmInfo","id":2}', null],
];

const FRAMES = HOLES.flatMap(([template, reply]) =>
  LITERALS.map((literal) => ({ text: template.replaceAll('#', literal), reply })),
);

const MARK = '{"content":{},"type":"HealthCheck","id":123456789}';
const MARK_REPLY = '{"type":"HealthCheck","id":123456789}';
/**
 * Work of this whole process between a frame and the answer to the mark behind it: not the time of a busy machine. The
 * least of so many tries, as a collection of this process' heap falls on any one of them.
 */
const ANSWER_CPU_MS = 100;
const TRIES = 3;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const typeOf = (text: string): string => /"type":"(\w+)"/.exec(text)?.[1] ?? text;

/** The answers to one frame: all that comes before the answer to the mark, without the monitor's own requests. */
const answersTo = async (agent: TestAgent, text: string): Promise<string[]> => {
  agent.send(text);
  agent.send(MARK);
  const answers: string[] = [];
  for (let frame = await agent.next(); frame !== MARK_REPLY; frame = await agent.next()) {
    if (!/"type":"(Scale|Upscale)Request"/.test(frame)) answers.push(typeOf(frame));
  }
  return answers;
};

/** Sends a frame on a connection of its own: more than ten malformed ones in 10 s would end it. @returns CPU time in ms */
const sendOne = async (running: RunningMonitor, { text, reply }: (typeof FRAMES)[number]): Promise<number> => {
  const agent = await running.agent({ range: RANGE_V1_1 });
  const before = cpuMs();
  const answers = await answersTo(agent, text);
  const workMs = cpuMs() - before;
  expect([reply === null ? [] : [reply], ['InvalidMessage']]).toContainEqual(answers);
  await agent.close();
  return workMs;
};

it(`${FRAMES.length} frames with extreme numbers are answered, replay, and harm no restart`, async () => {
  const tree = testTree();
  const running = await startTestMonitor({ tree });
  let sent = 0;
  for (const frame of FRAMES) {
    let leastMs = Infinity;
    for (let tries = 0; tries < TRIES && leastMs >= ANSWER_CPU_MS; tries += 1) {
      leastMs = Math.min(leastMs, await sendOne(running, frame));
      sent += 1;
    }
    if (leastMs >= ANSWER_CPU_MS) throw new Error(`${frame.text} took ${leastMs.toFixed()} ms of CPU time`);
  }
  await running.stop();
  const logged = running.events.filter(({ event }) => event.type === 'frame.received' && event.text !== MARK);
  expect(logged).toHaveLength(sent);
  expect(await replayEventLog(running.logDir)).toMatchObject({ divergences: 0, redecided: 0, first: null });

  const again = await startTestMonitor({ tree, options: { eventLog: running.logDir } });
  const agent = await again.agent({ range: RANGE_V1_1 });
  agent.send(MARK);
  for (let frame = await agent.next(); frame !== MARK_REPLY;) frame = await agent.next();
  await again.first('size.decided').catch(() => undefined);
  await again.stop();
  expect(await replayEventLog(running.logDir)).toMatchObject({ divergences: 0, redecided: 0, first: null });
}, 120_000);
