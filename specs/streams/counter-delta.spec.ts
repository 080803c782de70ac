import { counterDelta } from '../../streams/counter-delta';

describe('the growth of a counter', () => {
  it.each([
    ['its growth since the last reading', 5, 12, 7],
    ['zero when it stood still', 5, 5, 0],
    ['unknown at the first reading', undefined, 5, undefined],
    ['unknown while it cannot be read', 5, undefined, undefined],
    ['unknown when it went back', 5, 4, undefined],
  ])('is %s', (_rule, previous, current, growth) => {
    expect(counterDelta(previous, current)).toBe(growth);
  });
});
