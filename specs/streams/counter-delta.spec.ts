import { type Counter, counterDelta } from '../../streams/counter-delta';

const of = (value: number, era = ''): Counter => ({ value, era });

describe('the growth of a counter', () => {
  it.each([
    ['its growth since the last reading', of(5), of(12), 7],
    ['zero when it stood still', of(5), of(5), 0],
    ['unknown at the first reading', undefined, of(5), undefined],
    ['unknown while it cannot be read', of(5), undefined, undefined],
    ['unknown when it went back', of(5), of(4), undefined],
    ['unknown in a new era, although it is larger', of(5, '2 CPUs'), of(9, '3 CPUs'), undefined],
  ])('is %s', (_rule, previous, current, growth) => {
    expect(counterDelta(previous, current)).toBe(growth);
  });
});
