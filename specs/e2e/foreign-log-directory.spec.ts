/** A log directory that others decide about: root keeps none there, since they could put links in place of segments. */
import { chmodSync } from 'node:fs';
import { namesIn, tempDir } from '../support/event-log';
import { startTestMonitor, stopMonitors } from '../support/monitor';

afterEach(stopMonitors);

it.each([
  [0o777, process.getuid?.() !== 0],
  [0o1777, true],
  [0o700, true],
])('of mode %o', async (mode, isUsed) => {
  const eventLog = tempDir();
  chmodSync(eventLog, mode);
  const { stop } = await startTestMonitor({ options: { eventLog } });
  await stop();
  expect((await namesIn(eventLog)).length > 0).toBe(isUsed);
});
