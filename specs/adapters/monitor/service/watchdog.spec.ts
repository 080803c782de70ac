import { left, right } from 'fp-ts/Either';
import { watchdogIntervalMs } from '../../../../adapters/monitor/service/watchdog';

const PID = 42;

describe('the interval of the watchdog', () => {
  it('is a third of what the service manager allows', () => {
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '30000000' }, PID)).toEqual(right(10_000));
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '42' }, PID)).toEqual(right(10_000));
  });

  it.each([[{}], [{ WATCHDOG_USEC: '' }], [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '43' }]])(
    'is none without a watchdog for this process: %j',
    (environment) => {
      expect(watchdogIntervalMs(environment, PID)).toEqual(right(null));
    },
  );

  it('is bounded both ways', () => {
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '1' }, PID)).toEqual(right(50));
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '18446744073709551615' }, PID)).toEqual(right(60_000));
  });

  it.each(['0', '-1', '1.5', '5s', 'x'])('is refused for WATCHDOG_USEC %j', (text) => {
    const message = `WATCHDOG_USEC "${text}": expected microseconds such as 10000000; no WATCHDOG=1 is sent`;
    expect(watchdogIntervalMs({ WATCHDOG_USEC: text }, PID)).toEqual(left(message));
  });
});
