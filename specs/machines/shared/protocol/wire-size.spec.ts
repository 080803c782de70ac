import { fromWire, toWire } from '../../../../machines/shared/protocol/wire-size';

describe('sizes on the wire', () => {
  it.each([
    [
      { cpu: 0.25, mem: 1_073_741_824 },
      { cpu: 0.25, mem: '1073741824' },
    ],
    [
      { cpu: 1024, mem: 2 ** 50 },
      { cpu: 1024, mem: '1125899906842624' },
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

  it('what no machine has counts as the largest size', () => {
    expect(fromWire({ cpu: 1, mem: '18446744073709551615' })).toEqual({ cpu: 1, mem: 2 ** 50 });
    expect(fromWire({ cpu: 1e308, mem: '1' })).toEqual({ cpu: 1024, mem: 1 });
  });

  it.each([NaN, Infinity])('%p is no size', (amount) => {
    expect(() => toWire({ cpu: 1, mem: amount })).toThrow(RangeError);
    expect(() => toWire({ cpu: amount, mem: 1 })).toThrow(RangeError);
  });
});
