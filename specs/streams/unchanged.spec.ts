import { left, right } from 'fp-ts/Either';
import { isUnchanged } from '../../streams/unchanged';
import type { RawSample } from '../../streams/raw-sample';
import { CHANGED_FROM_BYTES } from '../../streams/signals/fills';
import { rightOf } from '../support/either';
import { eventsOf, pressureOf, rawSample } from '../support/raw-samples';

const BEFORE = rawSample();
const MEMINFO = rightOf(BEFORE.meminfo);
const STAT = rightOf(BEFORE.memoryStat);

const JUST_LESS = CHANGED_FROM_BYTES - 1;

type Change = readonly [what: string, sample: RawSample];

const CHANGED: readonly Change[] = [
  ['the size of the VM', rawSample({ meminfo: right({ ...MEMINFO, totalBytes: MEMINFO.totalBytes + 1 }) })],
  ...(['availableBytes', 'shmemBytes', 'committedBytes'] as const).map((key): Change => {
    return [key, rawSample({ meminfo: right({ ...MEMINFO, [key]: (MEMINFO[key] ?? 0) - CHANGED_FROM_BYTES }) })];
  }),
  ...(['anonBytes', 'shmemBytes', 'kernelBytes', 'fileBytes'] as const).map((key): Change => {
    return [
      `the cgroup's ${key}`,
      rawSample({ memoryStat: right({ ...STAT, [key]: STAT[key] + CHANGED_FROM_BYTES }) }),
    ];
  }),
  ['a source that is lost', rawSample({ meminfo: left('gone') })],
  ['an event of the cgroup', rawSample({ localEvents: right(eventsOf(1)) })],
  ['an OOM kill', rawSample({ localEvents: right(eventsOf(0, 1)) })],
  ['events that nobody counts any more', rawSample({ localEvents: right(undefined) })],
  ['the loss of the watch', rawSample({ watch: left('gone') })],
  ['CPU times that were read anew', rawSample({ stat: right({ ...rightOf(BEFORE.stat) }) })],
  ['stall times that were read anew', rawSample(pressureOf(1000))],
];

const UNCHANGED: readonly Change[] = [
  ['the same', rawSample()],
  [
    'a little less available',
    rawSample({ meminfo: right({ ...MEMINFO, availableBytes: MEMINFO.availableBytes - JUST_LESS }) }),
  ],
  ['a little more in the cgroup', rawSample({ memoryStat: right({ ...STAT, anonBytes: STAT.anonBytes + JUST_LESS }) })],
  ['the watch, seen anew', rawSample({ watch: right(true) })],
  ['the same events', rawSample({ localEvents: right(eventsOf(0)) })],
];

describe('a sample', () => {
  it.each(CHANGED)('shows something new: %s', (_what, now) => {
    expect(isUnchanged(BEFORE, now)).toBe(false);
  });

  it.each(UNCHANGED)('shows nothing new: %s', (_what, now) => {
    expect(isUnchanged(BEFORE, now)).toBe(true);
  });

  it('shows nothing new while a source is missing for the same reason', () => {
    const missing = (reason: string): RawSample => rawSample({ meminfo: left(reason) });
    expect(isUnchanged(missing('gone'), missing('gone'))).toBe(true);
    expect(isUnchanged(missing('gone'), missing('refused'))).toBe(false);
    expect(isUnchanged(missing('gone'), BEFORE)).toBe(false);
  });
});
