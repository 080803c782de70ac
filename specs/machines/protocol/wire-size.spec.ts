import { fromWire, toWire } from '../../../machines/protocol/wire-size';

describe('sizes on the wire', () => {
  it.each([
    [
      { cpu: 0.25, mem: 1_073_741_824 },
      { cpu: 0.25, mem: '1073741824' },
    ],
    [
      { cpu: 64, mem: 2 ** 60 },
      { cpu: 64, mem: '1152921504606846976' },
    ],
    [
      { cpu: 0, mem: 0 },
      { cpu: 0, mem: '0' },
    ],
  ])('%j goes out and comes back', (size, wire) => {
    expect(toWire(size)).toEqual(wire);
    expect(fromWire(wire)).toEqual(size);
  });

  it('bytes are whole and not negative', () => {
    expect(toWire({ cpu: 1, mem: 10.6 }).mem).toBe('11');
    expect(toWire({ cpu: 1, mem: -5 }).mem).toBe('0');
  });

  it('digits beyond 2^53 become the nearest double', () => {
    expect(fromWire({ cpu: 1, mem: '9007199254740993' }).mem).toBe(9_007_199_254_740_992);
    expect(fromWire({ cpu: 1, mem: '18446744073709551615' }).mem).toBe(2 ** 64);
  });

  it.each([NaN, Infinity])('%p bytes are no size', (mem) => {
    expect(() => toWire({ cpu: 1, mem })).toThrow(RangeError);
  });
});
