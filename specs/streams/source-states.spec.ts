import { left, right } from 'fp-ts/Either';
import type { RawSample } from '../../streams/raw-sample';
import { unreadableSample } from '../../streams/signals/unreadable';
import { NOTHING_LOST, type SourceProgress, sourceStates, sourcesAfter } from '../../streams/source-states';
import { rawSample, vmPressureOf, withoutCgroup } from '../support/raw-samples';

const NONE = NOTHING_LOST;

describe('the sources', () => {
  it('say nothing while all can be read', () => {
    expect(sourcesAfter(NONE, rawSample()).changes).toEqual([]);
  });

  it('missing from the start are said to be lost once, each with its reason', () => {
    const raw = rawSample({ schedstat: left('/proc/schedstat: ENOENT') });
    const first = sourcesAfter(NONE, raw);
    expect(first.changes).toEqual([
      { type: 'source.lost', source: 'proc.schedstat', reason: '/proc/schedstat: ENOENT' },
    ]);
    const second = sourcesAfter(first, raw);
    expect(second.changes).toEqual([]);
    expect(second.lost).toBe(first.lost);
  });

  it('that come back are said to be found once', () => {
    const gone = sourcesAfter(NONE, rawSample({ schedstat: left('gone') }));
    const back = sourcesAfter(gone, rawSample());
    expect(back.changes).toEqual([{ type: 'source.found', source: 'proc.schedstat' }]);
    expect(sourcesAfter(back, rawSample()).changes).toEqual([]);
  });

  it('of a cgroup that is gone are all lost', () => {
    const { changes } = sourcesAfter(NONE, withoutCgroup('gone'));
    expect(changes.map((change) => change.source)).toEqual([
      'cgroup.memory',
      'cgroup.pressure',
      'cgroup.io',
      'cgroup.cpu',
      'cgroup.watch',
    ]);
  });

  it('of a cgroup that nobody named are not missed', () => {
    const raw = withoutCgroup('no cgroup is named', { cgroupNamed: false });
    expect(sourcesAfter(NONE, raw).changes).toEqual([]);
  });

  it('are all lost when the reader fails', () => {
    const { changes } = sourcesAfter(NONE, unreadableSample('broken'));
    expect(changes).toHaveLength(sourceStates(rawSample()).length);
    expect(changes).toEqual(changes.map(({ source }) => ({ type: 'source.lost', source, reason: 'broken' })));
  });

  it("keep the state of the VM's pressure while the cgroup's own is read", () => {
    const lost: SourceProgress = { changes: [], lost: new Set(['proc.pressure']) };
    expect(sourcesAfter(lost, rawSample()).changes).toEqual([]);
    expect(sourcesAfter(lost, rawSample(vmPressureOf(1))).changes).toEqual([
      { type: 'source.found', source: 'proc.pressure' },
    ]);
  });

  it.each<[source: string, change: Partial<RawSample>]>([
    ['cgroup.memory', { swapCurrent: left('bad') }],
    ['cgroup.pressure', { ioPressure: left('bad') }],
    ['cgroup.io', { ioStat: left('bad') }],
    ['cgroup.cpu', { cpuMax: left('bad') }],
    ['cgroup.watch', { memoryEvents: left('bad') }],
    ['cgroup.watch', { localEvents: left('bad') }],
    ['cgroup.watch', { watch: left('bad') }],
  ])('made of several files are lost with one of them: %s, %j', (source, cgroup) => {
    expect(sourcesAfter(NONE, rawSample(cgroup)).changes).toEqual([{ type: 'source.lost', source, reason: 'bad' }]);
  });

  it('are not lost for lack of what not every kernel has', () => {
    const cgroup = {
      ioStat: right({}),
      memoryHigh: right(undefined),
      localEvents: right(undefined),
      cpuMax: right(undefined),
    };
    expect(sourcesAfter(NONE, rawSample(cgroup)).changes).toEqual([]);
  });
});
