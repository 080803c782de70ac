/** A shrink whose blocks take a while to leave: their pages are gone from MemAvailable before they are from MemTotal. */
import { MIB, SECOND_MS } from '../../../../machines/shared/units';
import type { Readings } from '../../../../machines/monitor/events/readings';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Story, type StoryOptions } from '../../../support/scenario';

afterEach(expectRulesKept);

const BLOCK_BYTES = 128 * MIB;
const BLOCK_MS = 500;

const withLess = (readings: Readings, bytes: number): Readings => ({
  ...readings,
  memory: { ...readings.memory!, availableBytes: readings.memory!.availableBytes - bytes },
});

/** Four units, calm; two of them were approved to leave. */
const shrinking = (options: StoryOptions = {}, has: Parameters<Story['has']>[0] = {}): Story => {
  const told = story(options)
    .has({ size: units(4), useBytes: 300 * MIB, ...has })
    .connects()
    .runs(30 * SECOND_MS)
    .say('DownscaleRequest', { target: units(2) });
  expect(told.state.statechart.context.granted).toEqual(units(2));
  return told;
};

/** Block after block: taken from what is available at once, from the size half a second later. */
const leaves = (told: Story, each: (block: number) => void = () => undefined): Story => {
  const blocks = (units(4).mem - units(2).mem) / BLOCK_BYTES;
  for (let block = 1; block <= blocks; block += 1) {
    told.reads((readings) => withLess(readings, BLOCK_BYTES));
    each(block);
    told.runs(BLOCK_MS);
    told.reads(null).has({ size: { ...units(2), mem: units(4).mem - block * BLOCK_BYTES } });
  }
  return told.runs(3 * SECOND_MS);
};

const outcome = (told: Story) => ({
  memory: told.state.statechart.context.memory,
  growthBytesPerS: told.state.domain.growth.bytesPerS,
  shrinkFloor: told.state.statechart.context.floors.shrink,
  breachFloor: told.state.statechart.context.floors.shortage,
  prematureDownscales: told.state.domain.stats.prematureDownscales,
});

const UNMOVED = { memory: 'normal', growthBytesPerS: 0, shrinkFloor: null, breachFloor: null, prematureDownscales: 0 };

it('is not taken for growth, and is not turned round', () => {
  const told = shrinking();
  expect(outcome(leaves(told))).toEqual(UNMOVED);
  expect(told.state.domain.hotUnplug).toBeNull();
});

it('would be without a cgroup, where nothing else tells use', () => {
  const told = shrinking({}, { hasCgroup: false });
  expect(told.state.domain.hotUnplug).toBeNull();
  expect(outcome(leaves(told)).shrinkFloor).not.toBeNull();
});

it('is turned round when the cgroup itself grows into it', () => {
  const told = shrinking();
  leaves(told, (block) => void told.has({ useBytes: 300 * MIB + block * 110 * MIB }));
  expect(told.state.statechart.context.floors.shrink?.size).toEqual(units(4));
});

it('ends as a shrink that is watched no longer when the blocks never go', () => {
  const told = shrinking().runs(59 * SECOND_MS);
  expect(told.state.domain.hotUnplug).not.toBeNull();
  expect(told.runs(2 * SECOND_MS).state.domain.hotUnplug).toBeNull();
});

it('is over soon after more is granted instead, as what is half-way out comes back by and by', () => {
  const told = shrinking();
  told.reads((readings) => withLess(readings, BLOCK_BYTES)).say('UpscaleNotification', { granted: units(4) });
  expect(outcome(told.runs(SECOND_MS))).toEqual(UNMOVED);
  told.reads(null).runs(2 * SECOND_MS);
  expect(told.state.domain.hotUnplug).toBeNull();
  expect(outcome(told)).toEqual(UNMOVED);
});
