import { left, right } from 'fp-ts/Either';
import { NEVER, type Observable, Subject, interval, map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RawSample } from '../../streams/raw-sample';
import { type SensedEvent, type SensorInputs, sensors } from '../../streams/sensors';
import { sourceStates } from '../../streams/source-states';
import { KIB, MIB } from '../../machines/shared/units';
import { rightOf } from '../support/either';
import { eventsOf, rawSample } from '../support/raw-samples';

/** "beat 100", "high 3", "lost proc.stat": enough of an event to know it. */
const briefly = (event: SensedEvent): string => {
  switch (event.type) {
    case 'sample.taken':
      return `beat ${event.elapsedMs}`;
    case 'memory.high.reached':
      return `high ${event.count}`;
    case 'source.lost':
      return `lost ${event.source} (${event.reason})`;
    case 'source.found':
      return `found ${event.source}`;
  }
};
const brief = (events$: Observable<SensedEvent>): Observable<string> => events$.pipe(map(briefly));

/** At each look the load has been read anew, so that each is told. */
const restless = (change: Parameters<typeof rawSample>[0] = {}): RawSample =>
  rawSample({ ...change, proc: { load: right({ load1: 0.5, load5: 0.25 }), ...change.proc } });

const inputs = (change: Partial<SensorInputs>): SensorInputs => ({
  read: () => restless(),
  notifications$: NEVER,
  sampleNow$: NEVER,
  intervalMs: () => 100,
  intervalChanged$: NEVER,
  ...change,
});

const crossed = (count: number): RawSample => restless({ cgroup: { localEvents: right(eventsOf(count)) } });

describe('the senses', () => {
  let virtual: TestScheduler;

  beforeEach(() => {
    virtual = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
  });

  it('beat at the interval', () => {
    virtual.run(({ expectObservable }) => {
      const subscribed = '^ 249ms         !';
      const expected = '  a 99ms b 99ms b';
      const values = { a: 'beat 0', b: 'beat 100' };
      expectObservable(brief(sensors(inputs({}), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('beat at once when the kernel notifies, and say the readings before the crossing', () => {
    virtual.run(({ hot, expectObservable, expectSubscriptions }) => {
      const read = (nowMs: number): RawSample => crossed(nowMs >= 30 ? 4 : 0);
      const notifications$ = hot('30ms x');
      const subscribed = '        ^ 149ms               !';
      const expected = '          a 29ms (bc) 66ms d';
      const values = { a: 'beat 0', b: 'beat 30', c: 'high 4', d: 'beat 70' };
      expectObservable(brief(sensors(inputs({ read, notifications$ }), virtual)), subscribed).toBe(expected, values);
      expectSubscriptions(notifications$.subscriptions).toBe(subscribed);
    });
  });

  it('say one crossing for a burst of notifications', () => {
    virtual.run(({ hot, expectObservable }) => {
      const read = (nowMs: number): RawSample => crossed(nowMs >= 30 ? 4 : 0);
      const notifications$ = hot('30ms xxx');
      const subscribed = '        ^ 60ms            !';
      const expected = '          a 29ms (bc) 6ms d';
      const values = { a: 'beat 0', b: 'beat 30', c: 'high 4', d: 'beat 10' };
      expectObservable(brief(sensors(inputs({ read, notifications$ }), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('notice a crossing within a second when the watch has died in silence', () => {
    virtual.run(({ expectObservable }) => {
      const read = (nowMs: number): RawSample => crossed(nowMs >= 30 ? 4 : 0);
      const subscribed = '^ 1500ms   !';
      const expected = '  a 999ms (bc)';
      const values = { a: 'beat 0', b: 'beat 1000', c: 'high 4' };
      const calm = inputs({ read, intervalMs: () => 1000 });
      expectObservable(brief(sensors(calm, virtual)), subscribed).toBe(expected, values);
    });
  });

  it('say of a notification without a crossing nothing but the readings', () => {
    virtual.run(({ hot, expectObservable }) => {
      const notifications$ = hot('30ms x');
      const subscribed = '        ^ 60ms   !';
      const expected = '          a 29ms b';
      const values = { a: 'beat 0', b: 'beat 30' };
      expectObservable(brief(sensors(inputs({ notifications$ }), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('say that a source is lost or found before the readings of that beat', () => {
    virtual.run(({ expectObservable }) => {
      const gone = rawSample({ proc: { runDelay: left('gone') } });
      const read = (nowMs: number): RawSample => (nowMs === 100 ? gone : restless());
      const subscribed = '^ 249ms                 !';
      const expected = '  a 99ms (bc) 96ms (dc)';
      const values = { a: 'beat 0', b: 'lost proc.schedstat (gone)', c: 'beat 100', d: 'found proc.schedstat' };
      expectObservable(brief(sensors(inputs({ read }), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('lose the watch and go on when the notifications fail', () => {
    virtual.run(({ hot, expectObservable }) => {
      const notifications$ = hot('30ms #', undefined, new Error('ENOSPC'));
      const subscribed = '        ^ 149ms               !';
      const expected = '          a 29ms (bc) 66ms d';
      const values = { a: 'beat 0', b: 'lost cgroup.watch (ENOSPC)', c: 'beat 30', d: 'beat 70' };
      expectObservable(brief(sensors(inputs({ notifications$ }), virtual)), subscribed).toBe(expected, values);
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
    const sensing = brief(sensors(inputs({ read, sampleNow$ }), virtual)).subscribe((event) => observed.push(event));
    const names = sourceStates(rawSample()).map(({ source }) => source);
    sampleNow$.next();
    expect(observed).toEqual([...names.map((name) => `lost ${name} (broken)`), 'beat 0']);
    broken = false;
    sampleNow$.next();
    // The VM's pressure was not looked at, as the cgroup has its own: nothing is known of it.
    const found = names.filter((name) => name !== 'proc.pressure').map((name) => `found ${name}`);
    expect(observed.slice(names.length + 1)).toEqual([...found, 'beat 0']);
    sensing.unsubscribe();
  });

  it('sample within the call that asks for it', () => {
    const observed: string[] = [];
    const sampleNow$ = new Subject<void>();
    const sensing = brief(sensors(inputs({ sampleNow$ }), virtual)).subscribe((event) => observed.push(event));
    expect(observed).toEqual([]);
    sampleNow$.next();
    expect(observed).toEqual(['beat 0']);
    sensing.unsubscribe();
    expect(sampleNow$.observed).toBe(false);
  });

  describe('where nothing moves', () => {
    const MEMINFO = Object.freeze(rightOf(rawSample().proc.meminfo));
    const using = (bytes: number): RawSample =>
      rawSample({ proc: { meminfo: right({ ...MEMINFO, availableBytes: MEMINFO.availableBytes - bytes }) } });
    /** "300-200 5 MiB": after 300 ms, of which nothing had moved for 200; so much more is in use than at first. */
    const told = (change: Partial<SensorInputs>): Observable<string> =>
      sensors(inputs(change), virtual).pipe(
        map((event) => {
          if (event.type !== 'sample.taken') return event.type;
          const { elapsedMs, unchangedMs: unchangedMs = 0, readings } = event;
          const usedBytes = MEMINFO.availableBytes - (readings.memory?.availableBytes ?? 0);
          return `${elapsedMs}-${unchangedMs} ${usedBytes / MIB} MiB`;
        }),
      );

    it('a look is told after half a second', () => {
      virtual.run(({ expectObservable }) => {
        const subscribed = '^ 1099ms                !';
        const expected = '  a 499ms b 499ms b';
        const values = { a: '0-0 0 MiB', b: '500-400 0 MiB' };
        expectObservable(told({ read: () => using(0) }), subscribed).toBe(expected, values);
      });
    });

    it('a look is told as soon as something moves, and since when it has', () => {
      virtual.run(({ expectObservable }) => {
        const subscribed = '^ 349ms         !';
        const expected = '  a 299ms b';
        const values = { a: '0-0 0 MiB', b: '300-200 5 MiB' };
        const read = (nowMs: number): RawSample => using(nowMs < 300 ? 0 : 5 * MIB);
        expectObservable(told({ read }), subscribed).toBe(expected, values);
      });
    });

    it('what creeps is told when it has come far enough', () => {
      virtual.run(({ expectObservable }) => {
        const subscribed = '^ 349ms         !';
        const expected = '  a 299ms b';
        const values = { a: '0-0 0 MiB', b: '300-200 0.5625 MiB' };
        const read = (nowMs: number): RawSample => using((nowMs / 100) * 192 * KIB);
        expectObservable(told({ read }), subscribed).toBe(expected, values);
      });
    });

    const WANTED: readonly (readonly [what: string, change: Partial<SensorInputs>])[] = [
      ['a beat faster than 100 ms', { intervalMs: () => 50 }],
      ['a beat that was asked for', { intervalMs: () => 1000, sampleNow$: interval(50) }],
    ];
    it.each(WANTED)('%s is told', (_what, change) => {
      const observed: string[] = [];
      const scheduler = new TestScheduler(() => undefined);
      scheduler.run(() => {
        const read = (): RawSample => using(0);
        const sensing = brief(sensors(inputs({ read, ...change }), scheduler)).subscribe((text) => observed.push(text));
        scheduler.schedule(() => {
          sensing.unsubscribe();
        }, 149);
      });
      expect(observed).toEqual(['beat 0', 'beat 50', 'beat 50']);
    });
  });
});
