/** Seeded pseudo-random numbers: the same seed gives the same run, on every machine. */

/** Numbers in [0, 1). Source: mulberry32 (Tommy Ettinger, public domain). */
export const mulberry32 = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over the text's UTF-8 bytes, 32 bits, unsigned. Source: Fowler, Noll and Vo. */
export const fnv1a = (text: string): number => {
  let hash = FNV_OFFSET;
  // encodeURIComponent gives the UTF-8 bytes without a library: %XX for each that is not plain.
  for (const [byte] of encodeURIComponent(text).matchAll(/%..|./g)) {
    const value = byte.length > 1 ? Number.parseInt(byte.slice(1), 16) : byte.charCodeAt(0);
    hash = Math.imul(hash ^ value, FNV_PRIME);
  }
  return hash >>> 0;
};

/** Standard normal numbers by Box and Muller; the second one of each pair is not used. */
export const standardNormal = (uniform: () => number) => (): number => {
  const u = uniform();
  const v = uniform();
  return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
};
