/** A Postgres that sends without end costs a failure with its reason, and neither beats nor the monitor. */
import { startTestMonitor, stopMonitors } from '../support/monitor';
import { columns, flood, row, startRogue, stopRogues } from '../support/postgres/rogue';

afterEach(async () => {
  await stopMonitors();
  await stopRogues();
});

it('is left, tried again after a second, and the beats go on', async () => {
  const rogue = await startRogue({
    statement: (to) => {
      to.write(columns());
      flood(to, row('x'.repeat(10_000)));
    },
  });
  const running = await startTestMonitor({ options: { pgconnstr: rogue.dsn } });
  const first = await running.first('fileCache.failed');
  const second = await running.next('fileCache.failed');
  for (const { event } of [first, second]) expect(event.reason).toBe('Postgres sent more than 2 MiB in one answer');
  expect(second.at - first.at).toBeGreaterThanOrEqual(1_000);
  // Two connections for each command, and none besides.
  expect(rogue.taken()).toBe(4);
  const between = running.events.filter(({ seq }) => seq > first.seq && seq < second.seq);
  expect(between.map(({ event }) => event.type)).toContain('sample.taken');
});
