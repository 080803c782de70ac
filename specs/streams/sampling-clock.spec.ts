import { type SchedulerLike, type Observable, NEVER, map, tap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { type SamplingTick, type SamplingTiming, samplingClock } from '../../streams/sampling-clock';

/** "100+2": 100 ms since the last beat, 2 beats skipped. */
const brief = (beats$: Observable<SamplingTick>): Observable<string> =>
  beats$.pipe(map(({ elapsedMs, skippedSamples }) => `${elapsedMs}+${skippedSamples}`));

const steady = (intervalMs: number): SamplingTiming => ({ intervalMs: () => intervalMs, changed$: NEVER, now$: NEVER });

/** A clock that a test can let run on while the process is held up. */
const heldUpClock = (virtual: SchedulerLike): { clock: SchedulerLike; holdUp: (ms: number) => void } => {
  let heldUpMs = 0;
  const clock: SchedulerLike = {
    now: () => virtual.now() + heldUpMs,
    schedule: virtual.schedule.bind(virtual),
  };
  return {
    clock,
    holdUp: (ms) => {
      heldUpMs += ms;
    },
  };
};

describe('the beat', () => {
  let virtual: TestScheduler;

  beforeEach(() => {
    virtual = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
  });

  it('comes at once and then at the interval', () => {
    virtual.run(({ expectObservable }) => {
      const subscribed = '^ 249ms      !';
      const expected = '  a 99ms b 99ms b';
      const values = { a: '0+0', b: '100+0' };
      expectObservable(brief(samplingClock(steady(100), virtual)), subscribed).toBe(expected, values);
    });
  });

  it('follows an interval that changes after a beat', () => {
    virtual.run(({ expectObservable }) => {
      const intervals = [100, 10, 10, 1000];
      const timing = { ...steady(100), intervalMs: () => intervals.shift() ?? 1000 };
      const subscribed = '^ 1200ms                     !';
      const expected = '  a 99ms b 9ms c 9ms c 999ms d';
      const values = { a: '0+0', b: '100+0', c: '10+0', d: '1000+0' };
      expectObservable(brief(samplingClock(timing, virtual)), subscribed).toBe(expected, values);
    });
  });

  it('never comes more often than every 10 ms nor less often than every second', () => {
    virtual.run(({ expectObservable }) => {
      const fast = '    a 9ms b 9ms b';
      expectObservable(brief(samplingClock(steady(1), virtual)), '^ 24ms !').toBe(fast, { a: '0+0', b: '10+0' });
      const slow = '    a 999ms b';
      expectObservable(brief(samplingClock(steady(60_000), virtual)), '^ 1500ms !').toBe(slow, {
        a: '0+0',
        b: '1000+0',
      });
    });
  });

  it('is pulled forward when the interval becomes shorter', () => {
    virtual.run(({ cold, expectObservable }) => {
      let intervalMs = 1000;
      const changed$ = cold('300ms x').pipe(tap(() => (intervalMs = 100)));
      const timing = { intervalMs: () => intervalMs, changed$, now$: NEVER };
      // At 300 ms the beat 100 ms after the last one is overdue, but was not due before: none is skipped.
      const subscribed = '^ 450ms         !';
      const expected = '  a 299ms b 99ms c';
      const values = { a: '0+0', b: '300+0', c: '100+0' };
      expectObservable(brief(samplingClock(timing, virtual)), subscribed).toBe(expected, values);
    });
  });

  it('is pulled forward no further than the shorter interval', () => {
    virtual.run(({ cold, expectObservable }) => {
      let intervalMs = 1000;
      const changed$ = cold('30ms x').pipe(tap(() => (intervalMs = 100)));
      const timing = { intervalMs: () => intervalMs, changed$, now$: NEVER };
      const subscribed = '^ 150ms !';
      const expected = '  a 99ms b';
      expectObservable(brief(samplingClock(timing, virtual)), subscribed).toBe(expected, { a: '0+0', b: '100+0' });
    });
  });

  it('waits for the next beat when the interval becomes longer', () => {
    virtual.run(({ cold, expectObservable }) => {
      let intervalMs = 100;
      const changed$ = cold('30ms x').pipe(tap(() => (intervalMs = 500)));
      const timing = { intervalMs: () => intervalMs, changed$, now$: NEVER };
      const subscribed = '^ 700ms          !';
      const expected = '  a 99ms b 499ms c';
      const values = { a: '0+0', b: '100+0', c: '500+0' };
      expectObservable(brief(samplingClock(timing, virtual)), subscribed).toBe(expected, values);
    });
  });

  it('can be had at once, and the grid stays where it is', () => {
    virtual.run(({ cold, expectObservable }) => {
      const timing = { ...steady(100), now$: cold('30ms x 9ms x') };
      const subscribed = '^ 249ms                       !';
      const expected = '  a 29ms b 9ms c 59ms d 99ms e';
      const values = { a: '0+0', b: '30+0', c: '10+0', d: '60+0', e: '100+0' };
      expectObservable(brief(samplingClock(timing, virtual)), subscribed).toBe(expected, values);
    });
  });

  it('that is late is skipped and counted, and the next is on the grid again', () => {
    virtual.run(({ expectObservable }) => {
      const { clock, holdUp } = heldUpClock(virtual);
      const delays = [0, 250];
      const late$ = samplingClock(steady(100), clock).pipe(
        tap(() => {
          holdUp(delays.shift() ?? 0);
        }),
      );
      // The beat of 100 ms holds the process up until 350: of 200 and 300 one is left, the next is due at 400.
      // Virtual time stands still meanwhile.
      const subscribed = '^ 299ms                     !';
      const expected = '  a 99ms (bc) 46ms d 99ms e';
      const values = { a: '0+0', b: '100+0', c: '250+1', d: '50+0', e: '100+0' };
      expectObservable(brief(late$), subscribed).toBe(expected, values);
    });
  });

  const eachTaking = (ms: number): Observable<SamplingTick> => {
    const { clock, holdUp } = heldUpClock(virtual);
    return samplingClock(steady(10), clock).pipe(
      tap(() => {
        holdUp(ms);
      }),
    );
  };

  it('comes less often where each takes long: not more than a quarter of the time, but still ten times a second', () => {
    virtual.run(({ expectObservable }) => {
      // Virtual time stands still while a beat takes its time. One alone counts for nothing yet.
      const slow = { a: '0+0', b: '10+0', c: '24+0' };
      expectObservable(brief(eachTaking(6)), '^ 50ms !').toBe('a 3ms b 17ms c 17ms c', slow);
      const slowest = { a: '0+0', b: '60+5', c: '100+0' };
      expectObservable(brief(eachTaking(60)), '^ 50ms !').toBe('(ab) 36ms c', slowest);
    });
  });

  it('leaves no timer and no subscription behind', () => {
    virtual.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const now$ = cold('    -----');
      const changed$ = cold('-----');
      const subscribed = '   ^ 149ms !';
      const expected = '     a 99ms b';
      const values = { a: '0+0', b: '100+0' };
      expectObservable(brief(samplingClock({ ...steady(100), now$, changed$ }, virtual)), subscribed).toBe(
        expected,
        values,
      );
      expectSubscriptions(now$.subscriptions).toBe(subscribed);
      expectSubscriptions(changed$.subscriptions).toBe(subscribed);
      flush();
      expect(virtual.actions).toHaveLength(0);
    });
  });
});
