/** The region `downscale` in contexts that its table does not show. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import type { MonitorStep } from '../../../../machines/monitor/engine/statechart-step';
import { MIB } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, resultOf, stepFrom } from '../../../support/chart';
import { connection, SAMPLES, units } from '../../../support/chart-events';
import { matching } from '../../../support/matching';

const REQUEST = SAMPLES['downscale.requested'];

type Where = MonitorContext['config']['fileCache'];

const granted = (fileCache: Where, differences: Partial<MonitorContext> = {}): MonitorContext =>
  context({ config: { ...CHART_CONFIG, fileCache }, conn: connection(), granted: units(3), ...differences });

const WAITING = { id: '6', target: units(2), targetDigits: null, cacheBytes: 512 * MIB, cacheTrouble: null };

const failing = { fileCache: { ...context().fileCache, failures: 2, lastFailure: 'Postgres is down' } };

const ofCache = (sizeBytes: number): MonitorContext =>
  granted('memory', { fileCache: { ...context().fileCache, sizeBytes } });

const answers = (step: MonitorStep): unknown[] =>
  step.outputs.flatMap((output) =>
    output.type === 'frame.sent' && output.text.includes('DownscaleResult') ? [JSON.parse(output.text) as unknown] : [],
  );

describe('a request', () => {
  it('that the check refuses is answered with its reason', () => {
    const check = { ok: false, status: 'too small' };
    const step = stepFrom('downscale', 'idle', granted('memory'), { ...REQUEST, check });
    expect(answers(step)).toEqual([{ type: 'DownscaleResult', Ok: false, Status: 'too small', id: 6 }]);
  });

  it('without a file cache is approved at once', () => {
    const step = stepFrom('downscale', 'idle', granted('absent'), REQUEST);
    expect(answers(step)).toMatchObject([{ Ok: true, Status: 'it holds' }]);
    expect(step.snapshot.context).toMatchObject({ granted: units(1), downscale: null });
  });

  it('with a cache that is small enough is approved at once', () => {
    expect(answers(stepFrom('downscale', 'idle', ofCache(512 * MIB), REQUEST))).toMatchObject([{ Ok: true }]);
  });

  it('with a cache beyond what is left beside use waits for it to shrink to just that', () => {
    const step = stepFrom('downscale', 'idle', ofCache(513 * MIB), REQUEST);
    expect(answers(step)).toEqual([]);
    expect(step.snapshot.context).toMatchObject({
      downscale: { id: '6', cacheBytes: 512 * MIB },
      fileCache: { wantedBytes: 512 * MIB },
    });
  });

  it.each([
    ['memory', false, /could not be shrunk: Postgres is down/],
    ['disk', true, /was not resized yet: Postgres is down/],
  ] as const)('with a failing cache in %s is answered Ok %s at once', (where, Ok, status) => {
    const step = stepFrom('downscale', 'idle', granted(where, failing), REQUEST);
    expect(answers(step)).toMatchObject([{ Ok, Status: matching(status) }]);
    expect(resultOf('downscale', step).to).toBe('idle');
  });

  it('of an agent that is gone is answered to nobody', () => {
    const step = stepFrom('downscale', 'idle', granted('absent', { conn: null }), REQUEST);
    expect(step.outputs).toEqual([]);
  });
});

describe('while the cache shrinks', () => {
  const waiting = (where: Where): MonitorContext => granted(where, { downscale: WAITING });

  it.each([
    [512 * MIB, 512 * MIB, 'judging'],
    [512 * MIB, 513 * MIB, 'shrinkingCache'],
    // A state of an older build: what fits two units is (2048 − 100 − 640) MiB / 1.1, in whole MiB.
    [null, 1189 * MIB, 'judging'],
    [null, 1190 * MIB, 'shrinkingCache'],
  ])('where it may keep %p, a size of %p leads to %s', (cacheBytes, sizeBytes, to) => {
    const before = granted('memory', { downscale: { ...WAITING, cacheBytes } });
    const step = stepFrom('downscale', 'shrinkingCache', before, { ...SAMPLES['fileCache.resized'], sizeBytes });
    expect(resultOf('downscale', step)).toEqual({ to, does: [] });
  });

  it('the loss of another connection changes nothing', () => {
    const event = { ...SAMPLES['agent.lost'], conn: 'conn-z' };
    expect(resultOf('downscale', stepFrom('downscale', 'shrinkingCache', waiting('memory'), event)).to).toBe(
      'shrinkingCache',
    );
  });

  it.each(['fileCache.failed', 'fileCache.lost', 'downscale.overdue'] as const)(
    '%s refuses with the cache in memory, and has it judged again with it on disk',
    (type) => {
      const inMemory = stepFrom('downscale', 'shrinkingCache', waiting('memory'), SAMPLES[type]);
      expect(answers(inMemory)).toMatchObject([{ Ok: false }]);
      expect(inMemory.snapshot.context).toMatchObject({ granted: units(3), downscale: null });
      // Back to the cache of three units: (3072 − 100 − 640) MiB / 1.1, in whole MiB.
      expect(inMemory.snapshot.context.fileCache.wantedBytes).toBe(2120 * MIB);
      const onDisk = stepFrom('downscale', 'shrinkingCache', waiting('disk'), SAMPLES[type]);
      expect(resultOf('downscale', onDisk).to).toBe('judging');
    },
  );
});

describe('the judgement after the cache has shrunk', () => {
  const judged = (ok: boolean, cacheTrouble: string | null = null): MonitorStep =>
    stepFrom('downscale', 'judging', granted('memory', { downscale: { ...WAITING, cacheTrouble } }), {
      ...SAMPLES['downscale.judged'],
      check: { ok, status: ok ? 'it still holds' : 'it does not hold any more' },
    });

  it('approves what still holds', () => {
    expect(answers(judged(true))).toEqual([{ type: 'DownscaleResult', Ok: true, Status: 'it still holds', id: 6 }]);
    expect(judged(true).snapshot.context).toMatchObject({ granted: units(2), downscale: null });
  });

  it('says what is the matter with a cache on disk', () => {
    const Status = 'it still holds; the file cache on disk was not resized yet: Postgres is down';
    expect(answers(judged(true, 'Postgres is down'))).toMatchObject([{ Ok: true, Status }]);
  });

  it('refuses what does not hold any more, and gives the cache its size back', () => {
    expect(answers(judged(false))).toMatchObject([{ Ok: false, Status: 'it does not hold any more' }]);
    expect(judged(false).snapshot.context).toMatchObject({ granted: units(3), downscale: null });
    expect(judged(false).snapshot.context.fileCache.wantedBytes).toBe(2120 * MIB);
  });
});
