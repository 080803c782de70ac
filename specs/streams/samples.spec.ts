import { left, right } from 'fp-ts/Either';
import { NEVER, type Observable, Subject, interval, map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RawSample } from '../../streams/raw-sample';
import { type SampleInputs, type SensedEvent, samples } from '../../streams/samples';
import { sourceStates } from '../../streams/source-states';
import { KIB, MIB } from '../../machines/shared/units';
import { rightOf } from '../support/either';
import { eventsOf, rawSample } from '../support/raw-samples';

/** "sample 100", "high 3", "lost proc.stat": enough of an event to know it. */
const briefly = (event: SensedEvent): string => {
  switch (event.type) {
    case 'sample.taken':
      return `sample ${event.elapsedMs}`;
    case 'memory.high.reached':
      return `high ${event.count}`;
    case 'source.lost':
      return `lost ${event.source} (${event.reason})`;
    case 'source.found':
      return `found ${event.source}`;
  }
};
const brief = (events$: Observable<SensedEvent>): Observable<string> => events$.pipe(map(briefly));

/** In each sample the load has been read anew, so that each is passed on. */
const restless = (change: Partial<RawSample> = {}): RawSample =>
  rawSample({ loadavg: right({ load1: 0.5, load5: 0.25 }), ...change });

const inputs = (change: Partial<SampleInputs>): SampleInputs => ({
  read: () => restless(),
  notifications$: NEVER,
  sampleNow$: NEVER,
  intervalMs: () => 100,
  intervalChanged$: NEVER,
  ...change,
});

const crossed = (count: number): RawSample => restless({ localEvents: right(eventsOf(count)) });

describe('the samples', () => {
  let virtual: TestScheduler;

  beforeEach(() => {
    virtual = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
  });

  it('are taken at the interval', () => {
    virtual.run(({ expectObservable }) => {
      const subscribed = '^ 249ms         !';
      const expected = '  a 99ms b 99ms b';
      const values = { a: 'sample 0', b: 'sample 100' };
      expectObservable(brief(samples(inputs({}), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('are taken at once when the kernel notifies, and come before the crossing', () => {
    virtual.run(({ hot, expectObservable, expectSubscriptions }) => {
      const read = (nowMs: number): RawSample => crossed(nowMs >= 30 ? 4 : 0);
      const notifications$ = hot('30ms x');
      const subscribed = '        ^ 149ms               !';
      const expected = '          a 29ms (bc) 66ms d';
      const values = { a: 'sample 0', b: 'sample 30', c: 'high 4', d: 'sample 70' };
      expectObservable(brief(samples(inputs({ read, notifications$ }), virtual)), subscribed).toBe(expected, values);
      expectSubscriptions(notifications$.subscriptions).toBe(subscribed);
    });
  });

  it('say one crossing for a burst of notifications', () => {
    virtual.run(({ hot, expectObservable }) => {
      const read = (nowMs: number): RawSample => crossed(nowMs >= 30 ? 4 : 0);
      const notifications$ = hot('30ms xxx');
      const subscribed = '        ^ 60ms            !';
      const expected = '          a 29ms (bc) 6ms d';
      const values = { a: 'sample 0', b: 'sample 30', c: 'high 4', d: 'sample 10' };
      expectObservable(brief(samples(inputs({ read, notifications$ }), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('notice a crossing within a second when the watch has died in silence', () => {
    virtual.run(({ expectObservable }) => {
      const read = (nowMs: number): RawSample => crossed(nowMs >= 30 ? 4 : 0);
      const subscribed = '^ 1500ms   !';
      const expected = '  a 999ms (bc)';
      const values = { a: 'sample 0', b: 'sample 1000', c: 'high 4' };
      const calm = inputs({ read, intervalMs: () => 1000 });
      expectObservable(brief(samples(calm, virtual)), subscribed).toBe(expected, values);
    });
  });

  it('say of a notification without a crossing nothing but the readings', () => {
    virtual.run(({ hot, expectObservable }) => {
      const notifications$ = hot('30ms x');
      const subscribed = '        ^ 60ms   !';
      const expected = '          a 29ms b';
      const values = { a: 'sample 0', b: 'sample 30' };
      expectObservable(brief(samples(inputs({ notifications$ }), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('say that a source is lost or found before the readings of that sample', () => {
    virtual.run(({ expectObservable }) => {
      const gone = rawSample({ schedstat: left('gone') });
      const read = (nowMs: number): RawSample => (nowMs === 100 ? gone : restless());
      const subscribed = '^ 249ms                 !';
      const expected = '  a 99ms (bc) 96ms (dc)';
      const values = { a: 'sample 0', b: 'lost proc.schedstat (gone)', c: 'sample 100', d: 'found proc.schedstat' };
      expectObservable(brief(samples(inputs({ read }), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('lose the watch and go on when the notifications fail', () => {
    virtual.run(({ hot, expectObservable }) => {
      const notifications$ = hot('30ms #', undefined, new Error('ENOSPC'));
      const subscribed = '        ^ 149ms               !';
      const expected = '          a 29ms (bc) 66ms d';
      const values = { a: 'sample 0', b: 'lost cgroup.watch (ENOSPC)', c: 'sample 30', d: 'sample 70' };
      expectObservable(brief(samples(inputs({ notifications$ }), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('lose every source when the reader throws, and find them again', () => {
    const observed: string[] = [];
    const sampleNow$ = new Subject<void>();
    let broken = true;
    const read = (): RawSample => {
      if (broken) throw new Error('broken');
      return rawSample();
    };
    const sensing = brief(samples(inputs({ read, sampleNow$ }), virtual)).subscribe((event) => observed.push(event));
    const names = sourceStates(rawSample()).map(({ source }) => source);
    sampleNow$.next();
    expect(observed).toEqual([...names.map((name) => `lost ${name} (broken)`), 'sample 0']);
    broken = false;
    sampleNow$.next();
    // The VM's pressure was not looked at, as the cgroup has its own: nothing is known of it.
    const found = names.filter((name) => name !== 'proc.pressure').map((name) => `found ${name}`);
    expect(observed.slice(names.length + 1)).toEqual([...found, 'sample 0']);
    sensing.unsubscribe();
  });

  it('are taken within the call that asks for one', () => {
    const observed: string[] = [];
    const sampleNow$ = new Subject<void>();
    const sensing = brief(samples(inputs({ sampleNow$ }), virtual)).subscribe((event) => observed.push(event));
    expect(observed).toEqual([]);
    sampleNow$.next();
    expect(observed).toEqual(['sample 0']);
    sensing.unsubscribe();
    expect(sampleNow$.observed).toBe(false);
  });

  describe('where nothing moves', () => {
    const MEMINFO = Object.freeze(rightOf(rawSample().meminfo));
    const using = (bytes: number): RawSample =>
      rawSample({ meminfo: right({ ...MEMINFO, availableBytes: MEMINFO.availableBytes - bytes }) });
    /** "300-200 5 MiB": after 300 ms, of which nothing had moved for 200; so much more is in use than at first. */
    const passedOn = (change: Partial<SampleInputs>): Observable<string> =>
      samples(inputs(change), virtual).pipe(
        map((event) => {
          if (event.type !== 'sample.taken') return event.type;
          const { elapsedMs, unchangedMs: unchangedMs = 0, readings } = event;
          const usedBytes = MEMINFO.availableBytes - (readings.memory?.availableBytes ?? 0);
          return `${elapsedMs}-${unchangedMs} ${usedBytes / MIB} MiB`;
        }),
      );

    it('a sample is passed on after half a second', () => {
      virtual.run(({ expectObservable }) => {
        const subscribed = '^ 1099ms                !';
        const expected = '  a 499ms b 499ms b';
        const values = { a: '0-0 0 MiB', b: '500-400 0 MiB' };
        expectObservable(passedOn({ read: () => using(0) }), subscribed).toBe(expected, values);
      });
    });

    it('a sample is passed on as soon as something moves, and since when it has', () => {
      virtual.run(({ expectObservable }) => {
        const subscribed = '^ 349ms         !';
        const expected = '  a 299ms b';
        const values = { a: '0-0 0 MiB', b: '300-200 5 MiB' };
        const read = (nowMs: number): RawSample => using(nowMs < 300 ? 0 : 5 * MIB);
        expectObservable(passedOn({ read }), subscribed).toBe(expected, values);
      });
    });

    it('what creeps is passed on when it has come far enough', () => {
      virtual.run(({ expectObservable }) => {
        const subscribed = '^ 349ms         !';
        const expected = '  a 299ms b';
        const values = { a: '0-0 0 MiB', b: '300-200 0.5625 MiB' };
        const read = (nowMs: number): RawSample => using((nowMs / 100) * 192 * KIB);
        expectObservable(passedOn({ read }), subscribed).toBe(expected, values);
      });
    });

    const WANTED: readonly (readonly [what: string, change: Partial<SampleInputs>])[] = [
      ['a sample at less than 100 ms', { intervalMs: () => 50 }],
      ['a sample that was asked for', { intervalMs: () => 1000, sampleNow$: interval(50) }],
    ];
    it.each(WANTED)('%s is passed on', (_what, change) => {
      const observed: string[] = [];
      const scheduler = new TestScheduler(() => undefined);
      scheduler.run(() => {
        const read = (): RawSample => using(0);
        const sensing = brief(samples(inputs({ read, ...change }), scheduler)).subscribe((text) => observed.push(text));
        scheduler.schedule(() => {
          sensing.unsubscribe();
        }, 149);
      });
      expect(observed).toEqual(['sample 0', 'sample 50', 'sample 50']);
    });
  });
});
