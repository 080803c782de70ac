/** Raw samples as marbles, each with the one before it. */
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { type SampleStep, steps } from '../../streams/part';
import type { RawSample } from '../../streams/raw-sample';

/** Runs a stream over these samples, and checks what it emits and that it subscribes once. */
export const expectReadings = (
  stream: (steps$: Observable<SampleStep>) => Observable<unknown>,
  marbles: string,
  samples: Readonly<Record<string, RawSample>>,
  readings: Readonly<Record<string, unknown>>,
): void => {
  const virtual = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  virtual.run(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold(marbles, samples);
    expectObservable(stream(steps(source))).toBe(marbles, readings);
    expectSubscriptions(source.subscriptions).toBe(`^${'-'.repeat(marbles.indexOf('|') - 1)}!`);
  });
};
