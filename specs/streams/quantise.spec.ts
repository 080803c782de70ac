import { QUANTUM_BYTES, roundRoomBytes, roundUseBytes } from '../../streams/quantise';

describe('byte gauges', () => {
  it.each([
    [0, 0, 0],
    [1, 65_536, 0],
    [65_535, 65_536, 0],
    [65_536, 65_536, 65_536],
    [65_537, 131_072, 65_536],
  ])('%d bytes in use count as %d, as room they count as %d', (bytes, use, room) => {
    expect(roundUseBytes(bytes)).toBe(use);
    expect(roundRoomBytes(bytes)).toBe(room);
  });

  it('stay whole up to the largest number that the parsers let through', () => {
    expect(roundUseBytes(Number.MAX_SAFE_INTEGER)).toBe(2 ** 53);
    expect(roundRoomBytes(Number.MAX_SAFE_INTEGER) % QUANTUM_BYTES).toBe(0);
  });
});
