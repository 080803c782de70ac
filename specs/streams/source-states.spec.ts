import { left, right } from 'fp-ts/Either';
import { unreadableCgroup, unreadableSample } from '../../streams/raw-sample';
import { sourceChanges, sourceStates } from '../../streams/source-states';
import { pressureOf, rawSample } from '../support/raw-samples';

const NONE = new Set<never>();

describe('the sources', () => {
  it('say nothing while all can be read', () => {
    expect(sourceChanges(NONE, rawSample()).changes).toEqual([]);
  });

  it('missing from the start are said to be lost once, each with its reason', () => {
    const raw = rawSample({ proc: { runDelay: left('/proc/schedstat: ENOENT') } });
    const first = sourceChanges(NONE, raw);
    expect(first.changes).toEqual([
      { type: 'source.lost', source: 'proc.schedstat', reason: '/proc/schedstat: ENOENT' },
    ]);
    const second = sourceChanges(first.lost, raw);
    expect(second.changes).toEqual([]);
    expect(second.lost).toBe(first.lost);
  });

  it('that come back are said to be found once', () => {
    const gone = sourceChanges(NONE, rawSample({ proc: { runDelay: left('gone') } }));
    const back = sourceChanges(gone.lost, rawSample());
    expect(back.changes).toEqual([{ type: 'source.found', source: 'proc.schedstat' }]);
    expect(sourceChanges(back.lost, rawSample()).changes).toEqual([]);
  });

  it('of a cgroup that is gone are all lost', () => {
    const { changes } = sourceChanges(NONE, rawSample({ cgroup: unreadableCgroup('gone') }));
    expect(changes.map((change) => change.source)).toEqual([
      'cgroup.memory',
      'cgroup.pressure',
      'cgroup.cpu',
      'cgroup.watch',
    ]);
  });

  it('of a cgroup that nobody named are not missed', () => {
    const raw = { ...rawSample({ cgroup: unreadableCgroup('no cgroup is named') }), cgroupNamed: false };
    expect(sourceChanges(NONE, raw).changes).toEqual([]);
  });

  it('are all lost when the reader fails', () => {
    const { changes } = sourceChanges(NONE, unreadableSample('broken'));
    expect(changes).toHaveLength(sourceStates(rawSample()).length);
    expect(changes).toEqual(changes.map(({ source }) => ({ type: 'source.lost', source, reason: 'broken' })));
  });

  it("keep the state of the VM's pressure while the cgroup's own is read", () => {
    const lost = new Set(['proc.pressure'] as const);
    expect(sourceChanges(lost, rawSample({ proc: { pressure: null } })).changes).toEqual([]);
    expect(sourceChanges(lost, rawSample({ proc: { pressure: pressureOf(1) } })).changes).toEqual([
      { type: 'source.found', source: 'proc.pressure' },
    ]);
  });

  it.each([
    ['cgroup.memory', { swapBytes: left('bad') }],
    ['cgroup.pressure', { pressure: { ...pressureOf(1), io: left('bad') } }],
    ['cgroup.cpu', { quotaCpus: left('bad') }],
    ['cgroup.watch', { events: left('bad') }],
    ['cgroup.watch', { localEvents: left('bad') }],
    ['cgroup.watch', { watch: left('bad') }],
  ])('made of several files are lost with one of them: %s, %j', (source, cgroup) => {
    expect(sourceChanges(NONE, rawSample({ cgroup })).changes).toEqual([
      { type: 'source.lost', source, reason: 'bad' },
    ]);
  });

  it('are not lost for lack of what not every kernel has', () => {
    const cgroup = { swapBytes: right(undefined), localEvents: right(undefined), quotaCpus: right(undefined) };
    expect(sourceChanges(NONE, rawSample({ cgroup })).changes).toEqual([]);
  });
});
