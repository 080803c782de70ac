/** The region `downscale` in contexts that its table does not show. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import type { MonitorStep } from '../../../../machines/monitor/engine/statechart-step';
import { GIB, MIB } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, resultOf, stepFrom } from '../../../support/chart';
import { connection, SAMPLES, units } from '../../../support/chart-events';
import { matching } from '../../../support/matching';

const REQUEST = SAMPLES['downscale.requested'];

type Where = MonitorContext['config']['fileCache'];

const granted = (fileCache: Where, differences: Partial<MonitorContext> = {}): MonitorContext =>
  context({ config: { ...CHART_CONFIG, fileCache }, conn: connection(), granted: units(3), ...differences });

const WAITING = { id: '6', target: units(2), targetDigits: null, cacheTrouble: null };

const failing = { fileCache: { ...context().fileCache, failures: 2, lastFailure: 'Postgres is down' } };

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
    const small = { fileCache: { ...context().fileCache, sizeBytes: 0 } };
    expect(answers(stepFrom('downscale', 'idle', granted('memory', small), REQUEST))).toMatchObject([{ Ok: true }]);
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

  it('a size that is still too large is not the end', () => {
    const event = { ...SAMPLES['fileCache.resized'], sizeBytes: 2 * GIB };
    const step = stepFrom('downscale', 'shrinkingCache', waiting('memory'), event);
    expect(resultOf('downscale', step)).toEqual({ to: 'shrinkingCache', does: [] });
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
