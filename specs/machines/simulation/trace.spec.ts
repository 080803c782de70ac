import { capacityUnits, isGap, rowSeconds, traceOf, type TraceRow } from '../../../machines/simulation/trace';
import { GIB } from '../../../machines/shared/units';
import { evenTrace } from '../../support/simulation';

const UNIT = { cpu: 0.25, mem: GIB };
const row = (seconds: number, chosen: Partial<TraceRow> = {}): TraceRow => ({
  seconds,
  cpuCores: null,
  memBytes: null,
  cpuCapacityCores: null,
  memCapacityBytes: null,
  ...chosen,
});

describe('a trace', () => {
  it('holds what is unknown at the last known value, and at 0 before the first', () => {
    const trace = traceOf('t', [row(0), row(1, { cpuCores: 2 }), row(2)]);
    expect([...trace.cpuCores]).toEqual([0, 2, 2]);
  });

  it('has rows that last until the next, and a last one without duration', () => {
    const trace = traceOf('t', [row(0), row(5), row(20)]);
    expect([0, 1, 2].map((i) => rowSeconds(trace, i))).toEqual([5, 15, 0]);
  });

  it('has a gap where an interval is longer than five medians, not at exactly five', () => {
    const trace = traceOf(
      't',
      [0, 10, 20, 30, 80, 131, 141].map((seconds) => row(seconds)),
    );
    expect(trace.medianIntervalSeconds).toBe(10);
    expect([0, 1, 2, 3, 4, 5].map((i) => isGap(trace, i))).toEqual([false, false, false, false, true, false]);
  });

  it('takes the mean of the two middle intervals when their number is even', () => {
    expect(
      traceOf(
        't',
        [0, 1, 4].map((seconds) => row(seconds)),
      ).medianIntervalSeconds,
    ).toBe(2);
  });
});

describe('the largest size of a trace', () => {
  it.each([
    [{ cores: 4, gib: 16 }, 16],
    [{ cores: 8, gib: 20 }, 32],
    [{ cores: 2, gib: 8.5 }, 9],
    [{ cores: 0.1, gib: 0.1 }, 1],
  ])('holds the capacity %j in %d units', (capacity, units) => {
    expect(capacityUnits(evenTrace({ cpuCores: [1], capacity }), UNIT)).toBe(units);
  });

  it('is 1.2 times the peak where the capacity is unknown', () => {
    expect(capacityUnits(evenTrace({ cpuCores: [1, 10, 3], capacity: null }), UNIT)).toBe(48);
    expect(capacityUnits(evenTrace({ memGib: [1, 9.9], capacity: null }), UNIT)).toBe(12);
  });
});
