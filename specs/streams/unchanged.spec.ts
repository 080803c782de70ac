import { left, right } from 'fp-ts/Either';
import type { CgroupSample, ProcSample, RawSample } from '../../streams/raw-sample';
import { UNCHANGED_BYTES, isUnchanged } from '../../streams/unchanged';
import { rightOf } from '../support/either';
import { eventsOf, pressureOf, rawSample } from '../support/raw-samples';

const TOLD = rawSample();
const MEMINFO = rightOf(TOLD.proc.meminfo);
const STAT = rightOf(TOLD.cgroup.memoryStat);

const JUST_LESS = UNCHANGED_BYTES - 1;

type Change = readonly [what: string, sample: RawSample];
const inProc = (proc: Partial<ProcSample>): RawSample => rawSample({ proc });
const inCgroup = (cgroup: Partial<CgroupSample>): RawSample => rawSample({ cgroup });

const MOVED: readonly Change[] = [
  ['the size of the VM', inProc({ meminfo: right({ ...MEMINFO, totalBytes: MEMINFO.totalBytes + 1 }) })],
  ...(['availableBytes', 'shmemBytes', 'committedBytes'] as const).map((key): Change => {
    return [key, inProc({ meminfo: right({ ...MEMINFO, [key]: (MEMINFO[key] ?? 0) - UNCHANGED_BYTES }) })];
  }),
  ...(['anonBytes', 'shmemBytes', 'kernelBytes', 'fileBytes'] as const).map((key): Change => {
    return [`the cgroup's ${key}`, inCgroup({ memoryStat: right({ ...STAT, [key]: STAT[key] + UNCHANGED_BYTES }) })];
  }),
  ['a source that is lost', inProc({ meminfo: left('gone') })],
  ['an event of the cgroup', inCgroup({ localEvents: right(eventsOf(1)) })],
  ['an OOM kill', inCgroup({ localEvents: right(eventsOf(0, 1)) })],
  ['events that nobody counts any more', inCgroup({ localEvents: right(undefined) })],
  ['the loss of the watch', inCgroup({ watch: left('gone') })],
  ['CPU times that were read anew', inProc({ cpu: right({ ...rightOf(TOLD.proc.cpu) }) })],
  ['stall times that were read anew', inCgroup({ pressure: pressureOf(1000) })],
];

const NOT_MOVED: readonly Change[] = [
  ['the same', rawSample()],
  [
    'a little less available',
    inProc({ meminfo: right({ ...MEMINFO, availableBytes: MEMINFO.availableBytes - JUST_LESS }) }),
  ],
  ['a little more in the cgroup', inCgroup({ memoryStat: right({ ...STAT, anonBytes: STAT.anonBytes + JUST_LESS }) })],
  ['the watch looked at anew', inCgroup({ watch: right(true) })],
  ['the same events', inCgroup({ localEvents: right(eventsOf(0)) })],
];

describe('a look', () => {
  it.each(MOVED)('shows something new: %s', (_what, now) => {
    expect(isUnchanged(TOLD, now)).toBe(false);
  });

  it.each(NOT_MOVED)('shows nothing new: %s', (_what, now) => {
    expect(isUnchanged(TOLD, now)).toBe(true);
  });

  it('shows nothing new while a source is missing for the same reason', () => {
    const missing = (reason: string): RawSample => inProc({ meminfo: left(reason) });
    expect(isUnchanged(missing('gone'), missing('gone'))).toBe(true);
    expect(isUnchanged(missing('gone'), missing('refused'))).toBe(false);
    expect(isUnchanged(missing('gone'), TOLD)).toBe(false);
  });
});
