/** A burst of long frames is held back at the socket, so that the event log need not give up for it. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { readAll } from '../support/event-log';
import { startTestMonitor, stopMonitors } from '../support/monitor';

afterEach(stopMonitors);

/** Never answered, so it may come as often as it likes. */
const longFrame = (id: number): string =>
  JSON.stringify({ type: 'InternalError', content: { error: 'x'.repeat(60_000) }, id });

const FRAMES = 36;

it('36 frames of 60 kB in one write are all in the event log, without a gap', async () => {
  const { monitor, url, logDir, next, stop } = await startTestMonitor();
  const raw = connect(monitor.address.port, '127.0.0.1');
  const socket = new WebSocket(url, { createConnection: () => raw });
  await once(socket, 'open');
  socket.send('{"min":1,"max":1}');
  await once(socket, 'message');
  const lost = next('agent.lost');
  raw.cork();
  for (let id = 1; id <= FRAMES; id += 1) socket.send(longFrame(id));
  socket.close(1000);
  raw.uncork();
  await lost;
  await stop();
  const lines = await readAll(logDir);
  const frames = lines.flatMap(({ event }) => (event.type === 'frame.received' ? [event] : []));
  expect(frames.map(({ text }) => text)).toEqual(Array.from({ length: FRAMES }, (_, index) => longFrame(index + 1)));
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => (lines[0]?.seq ?? 0) + index));
  expect(lines.filter(({ event }) => 'resumedAfter' in event)).toEqual([]);
}, 60_000);
