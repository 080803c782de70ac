/** Vanilla Postgres has no file cache: nothing waits for one, and it is looked for rarely. */
import type { InputEvent } from '../../../../machines/monitor/events/inputs';
import { GIB, MIB, MINUTE_MS } from '../../../../machines/shared/units';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Sent, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

const answer = (told: Story): Sent | undefined => told.sent('DownscaleResult').at(-1);
const notOffered: InputEvent = { type: 'fileCache.notOffered', id: 1, reason: 'no such setting' };
const failed: InputEvent = { type: 'fileCache.failed', id: 1, reason: 'Postgres is down' };
const connects = (told: Story): number => told.commands('fileCache.connect').length;

/** Four units, and a server without such a cache. */
const vanilla = (): Story =>
  story({ statechart: { fileCache: 'memory' } })
    .has({ size: units(4) })
    .beat()
    .connects()
    .input(notOffered)
    .waits(900)
    .beat();

it('is not asked again for ten minutes, however often the size changes', () => {
  const told = vanilla();
  for (const n of [6, 3, 5])
    told
      .say('UpscaleNotification', { granted: units(n) })
      .has({ size: units(n) })
      .beat();
  told.waits(9 * MINUTE_MS);
  expect([connects(told), told.commands('fileCache.resize')]).toEqual([1, []]);
  told.waits(MINUTE_MS);
  expect(connects(told)).toBe(2);
});

it('is in the way of no downscale: not when it is known', () => {
  expect(answer(vanilla().say('DownscaleRequest', { target: units(2) }))).toMatchObject({ Ok: true, id: 2 });
});

it('is in the way of no downscale: not while it is looked at once more, nor when that fails', () => {
  const told = vanilla()
    .waits(10 * MINUTE_MS)
    .beat()
    .say('DownscaleRequest', { target: units(3) });
  expect(answer(told)).toMatchObject({ Ok: true, id: 2 });
  told
    .input(failed)
    .beat()
    .say('DownscaleRequest', { target: units(2) });
  expect(answer(told)).toMatchObject({ Ok: true, id: 4 });
});

it('is in the way of no downscale: one that came before it was known is approved then', () => {
  const told = story({ statechart: { fileCache: 'memory' } })
    .has({ size: units(4) })
    .beat()
    .connects()
    .waits(900)
    .beat()
    .say('DownscaleRequest', { target: units(2) });
  expect(answer(told)).toBeUndefined();
  told.waits(100).input(notOffered);
  expect(answer(told)).toBeUndefined();
  told.waits(100).beat();
  expect(answer(told)).toMatchObject({ Ok: true, id: 2 });
  expect(told.state.statechart.context.granted).toEqual(units(2));
});

it('has a downscale that waited for it judged once more: use may have grown meanwhile', () => {
  const told = story({ statechart: { fileCache: 'memory' } })
    .has({ size: units(4) })
    .beat()
    .connects()
    .waits(900)
    .beat()
    .say('DownscaleRequest', { target: units(2) });
  told
    .waits(100)
    .has({ useBytes: 3 * GIB })
    .input(notOffered)
    .beat();
  expect(answer(told)?.Ok).toBe(false);
});

it('lets a downscale be refused as ever when it does not fit', () => {
  const told = vanilla()
    .has({ useBytes: 3 * GIB })
    .beat()
    .say('DownscaleRequest', { target: units(2) });
  expect(answer(told)?.Ok).toBe(false);
});

it('that got the extension has its cache sized for the VM as it is now', () => {
  const told = vanilla()
    .say('DownscaleRequest', { target: units(2) })
    .has({ size: units(2) });
  told.waits(10 * MINUTE_MS).input({ type: 'fileCache.connected', id: 1, maxBytes: 8 * GIB });
  // (2048 − 100 − 640) MiB / 1.1, in whole MiB.
  expect(told.commands('fileCache.resize')).toEqual([{ type: 'fileCache.resize', sizeBytes: 1189 * MIB }]);
  expect(told.state.statechart.value.fileCache).toBe('resizing');
});

it('may come after a server with a cache, in the midst of a resize that a downscale waits for', () => {
  const told = story({ statechart: { fileCache: 'memory' } })
    .has({ size: units(4) })
    .beat()
    .connects()
    .input({ type: 'fileCache.connected', id: 1, maxBytes: 8 * GIB })
    .waits(900)
    .beat()
    .say('DownscaleRequest', { target: units(2) });
  expect(told.state.statechart.value.fileCache).toBe('resizing');
  told.input(notOffered).beat();
  expect(answer(told)).toMatchObject({ Ok: true, id: 2 });
  expect(told.state.statechart.value.fileCache).toBe('vanilla');
});
