/** The regions beside `sizing` in contexts that their tables do not show. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { GIB, MIB } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, resultOf, stepFrom } from '../../../support/chart';
import { AT, connection, SAMPLES } from '../../../support/chart-events';

const configured = (config: Partial<MonitorContext['config']>): MonitorContext['config'] => ({
  ...CHART_CONFIG,
  ...config,
});

describe('agent', () => {
  const step = (differences: Partial<MonitorContext>, event: Parameters<typeof stepFrom>[3]) =>
    stepFrom('agent', 'connected.v1_1', context(differences), event);

  it('that speaks version 1.0 is told apart', () => {
    const connected = stepFrom('agent', 'listening', context(), { ...SAMPLES['agent.connected'], version: '1.0' });
    expect(resultOf('agent', connected).to).toBe('connected.v1_0');
  });

  it('has its time of silence only once', () => {
    for (const event of [SAMPLES['agent.spoke'], SAMPLES['quiet.over']]) {
      expect(resultOf('agent', step({ conn: connection() }, event)).does).toEqual([]);
    }
  });

  it('stays when another connection is lost', () => {
    const lost = step({ conn: connection() }, { ...SAMPLES['agent.lost'], conn: 'conn-z' });
    expect(resultOf('agent', lost).to).toBe('connected.v1_1');
  });

  it('keeps no more instants of malformed frames than it needs', () => {
    const malformedAt = Array.from({ length: 11 }, (_, i) => AT - 11 + i);
    const after = step({ conn: connection({ malformedAt }) }, SAMPLES['frame.malformed']);
    expect(resultOf('agent', after).does).toEqual(['InvalidMessage', 'connection.close']);
    expect(after.snapshot.context.conn?.malformedAt).toHaveLength(11);
  });

  it('is forgiven malformed frames that are ten seconds old', () => {
    const malformedAt = Array.from({ length: 10 }, () => AT - 10_000);
    const after = step({ conn: connection({ malformedAt }) }, SAMPLES['frame.malformed']);
    expect(resultOf('agent', after).does).toEqual(['InvalidMessage']);
    expect(after.snapshot.context.conn?.malformedAt).toEqual([AT]);
  });
});

describe('memory', () => {
  const to = (
    state: 'relieved' | 'lost',
    memory: MonitorContext['memory'],
    event: Parameters<typeof stepFrom>[3],
  ): string => resultOf('memory', stepFrom('memory', state, context({ memory }), event)).to;

  it.each(['normal', 'elevated', 'critical'] as const)('comes back from lost into %s', (level) => {
    expect(to('lost', level, SAMPLES['source.found'])).toBe(level);
  });

  it.each(['normal', 'elevated'] as const)('is relieved into %s', (level) => {
    expect(to('relieved', level, SAMPLES['relief.over'])).toBe(level);
  });

  it.each(['relieved', 'lost'] as const)('remembers a better level while %s', (state) => {
    const better = stepFrom('memory', state, context({ memory: 'elevated' }), SAMPLES['pressure.normal']);
    expect(better.snapshot.context.memory).toBe('normal');
  });

  it('is not lost with another source than the cgroup', () => {
    expect(to('relieved', 'normal', { ...SAMPLES['source.lost'], source: 'cgroup.cpu' })).toBe('relieved');
    expect(to('lost', 'normal', { ...SAMPLES['source.found'], source: 'cgroup.cpu' })).toBe('lost');
  });
});

describe('fileCache', () => {
  const cache = (differences: Partial<MonitorContext['fileCache']>): MonitorContext =>
    context({ fileCache: { ...context().fileCache, ...differences } });

  it('that is not configured stays absent', () => {
    const absent = context({ config: configured({ fileCache: 'absent' }) });
    const step = stepFrom('fileCache', 'absent', absent, SAMPLES['monitor.started']);
    expect(resultOf('fileCache', step)).toEqual({ to: 'absent', does: [] });
  });

  it('is not resized when nothing is wanted, or what is there', () => {
    for (const differences of [{}, { wantedBytes: GIB, sizeBytes: GIB }]) {
      const step = stepFrom('fileCache', 'connecting', cache(differences), SAMPLES['fileCache.connected']);
      expect(resultOf('fileCache', step)).toEqual({ to: 'ready', does: [] });
    }
  });

  it('goes on with the newest wish when one came during a resize', () => {
    const busy = cache({ wantedBytes: 512 * MIB, requestedBytes: 256 * MIB });
    const step = stepFrom('fileCache', 'resizing', busy, SAMPLES['fileCache.resized']);
    expect(resultOf('fileCache', step)).toEqual({ to: 'resizing', does: ['fileCache.resize'] });
    expect(step.snapshot.context.fileCache).toMatchObject({ requestedBytes: 512 * MIB, sizeBytes: 256 * MIB });
  });

  it.each(['connecting', 'resizing', 'vanilla'] as const)(
    'of vanilla Postgres is looked for ten minutes after %s',
    (state) => {
      const failing = cache({
        wantedBytes: GIB,
        requestedBytes: GIB,
        sizeBytes: GIB,
        failures: 3,
        lastFailure: 'down',
      });
      const step = stepFrom('fileCache', state, failing, SAMPLES['fileCache.notOffered']);
      expect(step.timers).toMatchObject([{ id: 'fileCache.retry', delayMs: 600_000 }]);
      expect(step.outputs).toEqual([]);
      expect(step.snapshot.context.fileCache).toEqual(cache({ wantedBytes: GIB }).fileCache);
    },
  );

  it('of vanilla Postgres that is down is looked for as often as any other', () => {
    const step = stepFrom('fileCache', 'vanilla', cache({}), SAMPLES['fileCache.failed']);
    expect(step.timers).toMatchObject([{ id: 'fileCache.retry', delayMs: 1000 }]);
  });

  it.each([
    [0, 1000],
    [3, 8000],
    [9, 30_000],
  ])('after %i failures is tried again in %i ms', (failures, delayMs) => {
    const step = stepFrom('fileCache', 'connecting', cache({ failures }), SAMPLES['fileCache.failed']);
    expect(step.timers).toMatchObject([{ id: 'fileCache.retry', delayMs }]);
  });
});
