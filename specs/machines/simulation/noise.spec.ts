import { noiseFor } from '../../../machines/simulation/noise';
import { fnv1a, mulberry32 } from '../../../machines/simulation/random';
import { evenTrace } from '../../support/simulation';

const coarse = evenTrace({ name: 'coarse', cpuCores: [1, 1], intervalSeconds: 60 });
const first = (count: number, factor: () => number): readonly number[] => Array.from({ length: count }, factor);

describe('FNV-1a', () => {
  // The authors' own test vectors.
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of %j', (text, hash) => {
    expect(fnv1a(text)).toBe(hash);
  });

  it('goes over UTF-8 bytes', () => {
    const bytes = [...Buffer.from('é%€')].map((byte) => String.fromCharCode(byte));
    const byHand = bytes.reduce((hash, byte) => Math.imul(hash ^ byte.charCodeAt(0), 0x01000193), 0x811c9dc5) >>> 0;
    expect(fnv1a('é%€')).toBe(byHand);
  });
});

describe('noise', () => {
  it('follows the recipe number by number', () => {
    const uniform = mulberry32(fnv1a('coarse#7'));
    const variance = Math.log(1 + 0.2 ** 2);
    let x = 0;
    const expected = first(5, () => {
      const u = uniform();
      const v = uniform();
      const rho = Math.exp(-0.1);
      x = rho * x + Math.sqrt(1 - rho * rho) * Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
      return Math.exp(Math.sqrt(variance) * x - variance / 2);
    });
    const actual = first(5, noiseFor(coarse, { cv: 0.2, seed: 7 }));
    actual.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  it('has mean 1 and the coefficient of variation that is asked for', () => {
    const values = first(100_000, noiseFor(coarse, { cv: 0.5, seed: 1 }));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(1, 1);
    expect(Math.sqrt(variance) / mean).toBeCloseTo(0.5, 1);
  });

  it('depends on the name and the seed alone', () => {
    const other = evenTrace({ name: 'coarse', cpuCores: [3, 2, 1], intervalSeconds: 300 });
    const options = { cv: 0.2, seed: 1 };
    expect(first(9, noiseFor(other, options))).toEqual(first(9, noiseFor(coarse, options)));
    expect(noiseFor(coarse, { cv: 0.2, seed: 2 })()).not.toBe(noiseFor(coarse, options)());
    expect(noiseFor({ ...coarse, name: 'other' }, options)()).not.toBe(noiseFor(coarse, options)());
  });

  it.each([
    ['without a coefficient of variation', coarse, 0],
    ['in traces finer than a minute', evenTrace({ cpuCores: [1, 1], intervalSeconds: 59 }), 0.2],
  ])('is none %s', (_, trace, cv) => {
    expect(first(3, noiseFor(trace, { cv, seed: 1 }))).toEqual([1, 1, 1]);
  });
});
