/** The file cache follows the size, and waits for the limits of the cgroup. */
import { samplingIntervalMs } from '../../../../machines/monitor/engine/pace';
import type { InputEvent } from '../../../../machines/monitor/events/inputs';
import { GIB, KIB, MIB, SECOND_MS } from '../../../../machines/shared/units';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Sent, type Story, type StoryOptions } from '../../../support/scenario';
import { matching } from '../../../support/matching';

afterEach(expectRulesKept);

const resized = (sizeBytes: number): InputEvent => ({ type: 'fileCache.resized', id: 1, sizeBytes });
const failed: InputEvent = { type: 'fileCache.failed', id: 1, reason: 'Postgres is down' };

/** Four units with a cache that has the size for them. */
const withCache = (fileCache: 'memory' | 'disk', statechart: StoryOptions['statechart'] = {}): Story => {
  const told = story({ statechart: { fileCache, ...statechart } })
    .has({ size: units(4) })
    .beat()
    .connects();
  told.input({ type: 'fileCache.connected', id: 1, maxBytes: 8 * GIB });
  const [first] = told.commands('fileCache.resize');
  return told
    .input(resized(first?.sizeBytes ?? 0))
    .waits(900)
    .beat();
};

const lastResize = (told: Story): number | undefined => told.commands('fileCache.resize').at(-1)?.sizeBytes;
/** What came of the last input, in order; wishes go on beside it. */
const said = (told: Story): unknown[] =>
  told.steps
    .at(-1)!
    .step.outputs.filter(({ type }) => type !== 'size.decided')
    .map((output) =>
      output.type === 'command.issued'
        ? output.command.type
        : (JSON.parse((output as { text: string }).text) as { type: string }).type,
    )
    .filter((type) => type !== 'ScaleRequest');

const answer = (told: Story): Sent | undefined => told.sent('DownscaleResult').at(-1);

describe('the file cache', () => {
  it('is connected at start and gets the size that fits the VM', () => {
    const told = withCache('disk');
    expect(told.commands('fileCache.connect')).toHaveLength(1);
    expect(lastResize(told)).toBe(Math.floor((4096 - 100) * 0.75) * MIB);
    expect(told.state.statechart.value.fileCache).toBe('ready');
  });

  it('smaller than asked, because the server allows no more, is not asked for again', () => {
    const told = story({ statechart: { fileCache: 'memory' } })
      .has({ size: units(4) })
      .beat();
    told
      .input({ type: 'fileCache.connected', id: 1, maxBytes: GIB })
      .input(resized(GIB))
      .runs(5 * SECOND_MS);
    expect(told.commands('fileCache.resize')).toHaveLength(1);
  });

  it('that fails is tried again after 1, 2, 4 s, and stops nothing else', () => {
    const told = story({ statechart: { fileCache: 'memory' } })
      .beat()
      .connects();
    for (const wait of [0, 1000, 2000, 4000]) told.waits(wait).input(failed);
    expect(told.commands('fileCache.connect')).toHaveLength(4);
    told.say('HealthCheck', {});
    expect(told.sent('HealthCheck')).toHaveLength(1);
  });

  it('whose connection is lost is connected and sized anew', () => {
    const told = withCache('memory').input({ type: 'fileCache.lost', reason: 'reset' }).waits(1000);
    told.input({ type: 'fileCache.connected', id: 1, maxBytes: 8 * GIB });
    expect(told.commands('fileCache.connect')).toHaveLength(2);
    expect(told.commands('fileCache.resize')).toHaveLength(2);
  });
});

describe('a grant', () => {
  it('lifts what limits the cgroup first, then is confirmed, then the cache grows', () => {
    const told = withCache('memory', { protect: 'tripwire', hardLimit: true })
      .runs(SECOND_MS, (ms) => ({ useBytes: GIB + ms * 100 * KIB }))
      .waits(50);
    expect(told.state.statechart.value).toMatchObject({ tripwire: 'armed', limits: 'set' });
    told.say('UpscaleNotification', { granted: units(6) });
    expect(said(told)).toEqual(['tripwire.lift', 'limits.apply', 'UpscaleConfirmation', 'fileCache.resize']);
    expect(told.commands('limits.apply').at(-1)).toEqual({ type: 'limits.apply', hardLimitBytes: null });
  });

  it('is limited anew on the next beat, by what the kernel shows then', () => {
    const told = withCache('memory', { protect: 'tripwire', hardLimit: true }).runs(SECOND_MS);
    const before = told.actuators.hardLimitBytes!;
    told.say('UpscaleNotification', { granted: units(6) });
    told.has({ size: units(6) }).runs(2 * SECOND_MS);
    expect(told.actuators.hardLimitBytes).toBeGreaterThan(before + GIB);
  });

  it('is confirmed although the cache fails', () => {
    const told = withCache('memory')
      .say('UpscaleNotification', { granted: units(6) })
      .input(failed);
    expect(told.sent('UpscaleConfirmation')).toHaveLength(1);
    expect(told.sent('InternalError')).toEqual([]);
    expect(told.state.statechart.context.fileCache).toMatchObject({ failures: 1, lastFailure: 'Postgres is down' });
  });
});

describe('a downscale', () => {
  it('is answered only after the cache has shrunk, and a sample has shown what it has given back', () => {
    const told = withCache('memory').say('DownscaleRequest', { target: units(2) });
    expect(answer(told)).toBeUndefined();
    told.waits(500).input(resized(lastResize(told)!));
    expect(answer(told)).toBeUndefined();
    told.waits(100).beat();
    expect(answer(told)).toMatchObject({ Ok: true, id: 2 });
  });

  it.each(['memory', 'disk'] as const)(
    'is refused when use has grown while the cache in %s shrank, and the cache gets its size back',
    (where) => {
      const told = withCache(where);
      const before = lastResize(told);
      told.say('DownscaleRequest', { target: units(3) }).runs(2 * SECOND_MS, (ms) => ({
        useBytes: Math.min(3000 * MIB, 512 * MIB + ms * 5 * MIB),
      }));
      told.input(where === 'memory' ? resized(lastResize(told)!) : failed).beat();
      expect(answer(told)).toMatchObject({ Ok: false, Status: matching(/3221225472 bytes .* do not hold/) });
      expect(told.state.statechart.context.granted).toEqual(units(4));
      if (where === 'disk') told.waits(1000).input({ type: 'fileCache.connected', id: 1, maxBytes: 8 * GIB });
      expect(lastResize(told)).toBe(before);
    },
  );

  it('is refused within three seconds when no sample comes after the cache has shrunk', () => {
    const told = withCache('memory').say('DownscaleRequest', { target: units(2) });
    const askedAt = told.at;
    told
      .waits(500)
      .input(resized(lastResize(told)!))
      .waits(2500);
    expect(answer(told)).toMatchObject({ Ok: false, Status: matching(/memory sample is \d+ ms old/) });
    expect(answer(told)!.at - askedAt).toBeLessThanOrEqual(3000);
    expect(told.state.statechart.value.downscale).toBe('idle');
  });

  it('has samples taken ten times a second meanwhile', () => {
    const told = withCache('memory').runs(3 * SECOND_MS);
    expect(samplingIntervalMs(told.state, told.at)).toBe(1000);
    expect(samplingIntervalMs(told.say('DownscaleRequest', { target: units(2) }).state, told.at)).toBe(100);
  });

  it('names the size digit for digit, also after the cache has shrunk', () => {
    const told = withCache('memory');
    told.hears('{"content":{"target":{"cpu":1,"mem":2147483648}},"type":"DownscaleRequest","id":18446744073709551615}');
    told.input(resized(lastResize(told)!)).beat();
    const frame = told.steps.at(-1)!.step.outputs.find(({ type }) => type === 'frame.sent');
    expect(frame).toMatchObject({ text: matching(/2147483648 bytes.*"id":18446744073709551615/) });
  });

  it('needs no waiting when the cache is small enough already', () => {
    const told = withCache('memory').say('DownscaleRequest', { target: units(4) });
    expect(answer(told)?.Ok).toBe(true);
  });

  it('does not take the end of an earlier, larger resize for the shrink', () => {
    const told = withCache('memory').say('UpscaleNotification', { granted: units(6) });
    const larger = lastResize(told)!;
    told.say('DownscaleRequest', { target: units(2) }).input(resized(larger));
    expect(answer(told)).toBeUndefined();
    told.input(resized(lastResize(told)!)).beat();
    expect(lastResize(told)).toBeLessThan(larger);
    expect(answer(told)?.Ok).toBe(true);
  });

  it('is refused when a cache in memory fails to shrink, and the cache gets its size back', () => {
    const told = withCache('memory');
    const before = lastResize(told);
    told.say('DownscaleRequest', { target: units(2) }).input(failed);
    expect(answer(told)).toMatchObject({
      Ok: false,
      Status: matching(/in memory could not be shrunk: Postgres is down/),
    });
    told.waits(1000).input({ type: 'fileCache.connected', id: 1, maxBytes: 8 * GIB });
    expect(lastResize(told)).toBe(before);
    expect(told.state.statechart.context.granted).toEqual(units(4));
  });

  it('is approved when a cache on disk fails to shrink, saying so', () => {
    const told = withCache('disk')
      .say('DownscaleRequest', { target: units(2) })
      .input(failed)
      .beat();
    expect(answer(told)).toMatchObject({
      Ok: true,
      Status: matching(/on disk was not resized yet: Postgres is down/),
    });
  });

  it.each([
    ['memory', false],
    ['disk', true],
  ] as const)('with a cache in %s and a silent Postgres is answered Ok %s within three seconds', (where, ok) => {
    const told = withCache(where).say('DownscaleRequest', { target: units(2) });
    const askedAt = told.at;
    told.runs(3000);
    expect(answer(told)).toMatchObject({ Ok: ok, Status: matching(/no answer from Postgres in time/) });
    expect(answer(told)!.at - askedAt).toBeLessThanOrEqual(3000);
  });

  it.each([
    ['memory', false],
    ['disk', true],
  ] as const)('with a cache in %s that fails already is answered Ok %s at once', (where, ok) => {
    const told = withCache(where).input({ type: 'fileCache.lost', reason: 'reset' });
    expect(answer(told.beat().say('DownscaleRequest', { target: units(2) }))?.Ok).toBe(ok);
  });

  it('that comes while another waits is refused', () => {
    const told = withCache('memory')
      .say('DownscaleRequest', { target: units(2) })
      .say('DownscaleRequest', { target: units(3) });
    expect(told.sent('DownscaleResult')).toMatchObject([{ id: 4, Ok: false, Status: matching(/still being applied/) }]);
  });

  it('is forgotten with the connection that asked: its successor gets no answer, the cache its size back', () => {
    const told = withCache('memory');
    const before = lastResize(told);
    told.say('DownscaleRequest', { target: units(2) }).connects();
    told.input(resized(lastResize(told)!));
    expect(told.sent('DownscaleResult')).toEqual([]);
    expect(told.state.statechart.context.granted).toEqual(units(4));
    expect(lastResize(told)).toBe(before);
  });

  it('answers health checks meanwhile', () => {
    const told = withCache('memory')
      .say('DownscaleRequest', { target: units(2) })
      .say('HealthCheck', {});
    expect(told.sent('HealthCheck')).toMatchObject([{ id: 4 }]);
  });
});
