import { beginHotUnplug, endSoon, trueUseBytes, trueVmUseBytes } from '../../../../machines/monitor/memory/hot-unplug';
import { useBytes } from '../../../../machines/monitor/memory/use';
import { MIB } from '../../../../machines/shared/units';
import { IDLE_VM, readingsOf, type Vm } from '../../../support/vm';

const read = (vm: Partial<Vm> = {}) => readingsOf({ ...IDLE_VM, ...vm }, 100);
/** Beside the cgroup's own 420 MiB: 92 MiB. */
const hotUnplug = beginHotUnplug(read(), null, 60_000);
const BESIDE = 92 * MIB;

it('keeps what the VM used beside the cgroup when it began', () => {
  expect(hotUnplug).toEqual({ besideBytes: BESIDE, until: 60_000 });
});

it('keeps it through a second shrink, whose own figure is no good', () => {
  expect(beginHotUnplug(read({ useBytes: 4096 * MIB }), hotUnplug, 90_000)).toEqual({
    besideBytes: BESIDE,
    until: 90_000,
  });
});

it('ends two seconds after the size is there, but no later than it would', () => {
  expect(endSoon(hotUnplug!, 10_000)).toEqual({ besideBytes: BESIDE, until: 12_000 });
  expect(endSoon(endSoon(hotUnplug!, 10_000), 11_000)).toEqual({ besideBytes: BESIDE, until: 12_000 });
});

it('does not begin without a cgroup', () => {
  expect(beginHotUnplug(read({ hasCgroup: false }), null, 60_000)).toBeNull();
});

it('follows the cgroup, and counts no block that is on its way out', () => {
  const grown = read({ useBytes: 712 * MIB });
  const block = { ...grown, memory: { ...grown.memory!, availableBytes: grown.memory!.availableBytes - 128 * MIB } };
  expect(useBytes(block)).toBe(840 * MIB);
  expect(trueUseBytes(block, hotUnplug)).toBe(712 * MIB);
  expect(trueVmUseBytes(block, hotUnplug)).toBe(712 * MIB);
});

it('never says more than the kernel does', () => {
  const shrunk = read({ useBytes: 300 * MIB });
  const more = { ...hotUnplug!, besideBytes: 900 * MIB };
  expect(trueUseBytes(shrunk, more)).toBe(300 * MIB);
});

it.each([
  ['no shrink', read(), null, 512 * MIB],
  ['no cgroup', read({ hasCgroup: false }), hotUnplug, 512 * MIB],
  ['no reading of memory', {}, hotUnplug, null],
])('is the use as it is read with %s', (_what, readings, during, bytes) => {
  expect(trueUseBytes(readings, during)).toBe(bytes);
});
