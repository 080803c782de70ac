import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { CgroupReading } from '../../machines/monitor/events/readings';
import { memoryHighReached, memoryHighSamples } from '../../streams/memory-high';

const CGROUP: CgroupReading = {
  anonBytes: 0,
  shmemBytes: 0,
  fileBytes: 0,
  kernelBytes: 0,
  fileMappedBytes: 0,
  swapBytes: 0,
  currentBytes: 0,
};

describe('notifications of memory events', () => {
  it('cause a sample at once, and no more than one in 10 ms', () => {
    const virtual = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    virtual.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('      --x-xxx 20ms x--|');
      const subscription = '    ^------ 20ms ---!';
      // The last of a burst is kept: the counter may have grown after the first was looked at.
      const expected = '        --x 9ms x 14ms x--|';
      expectObservable(memoryHighSamples(source, virtual).pipe(map(() => 'x'))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });
});

describe('memory.high', () => {
  it('was reached as often as its counter grew, however many notifications there were', () => {
    const readings = { cgroup: { ...CGROUP, highEventsDelta: 173 } };
    expect(memoryHighReached(readings)).toEqual({ type: 'memory.high.reached', count: 173 });
  });

  it.each([
    ['the counter stood still', { cgroup: { ...CGROUP, highEventsDelta: 0 } }],
    ['the counter was read for the first time', { cgroup: CGROUP }],
    ['there is no cgroup', {}],
  ])('was not reached when %s', (_why, readings) => {
    expect(memoryHighReached(readings)).toBeNull();
  });
});
