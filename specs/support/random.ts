/** Random cases for properties, always from the same seeds. */
import { mulberry32 } from './prng';

export type Random = () => number;

/** `make check` plays a part of the random cases (RANDOM_SHARE=0.1: a tenth, the first seeds); `make test` plays all. */
const SHARE = Number(process.env['RANDOM_SHARE'] ?? 1);

const LEAST = 3;

/** How many of so many cases are played. */
export const played = (cases: number): number => Math.max(Math.min(cases, LEAST), Math.ceil(cases * SHARE));

/** Calls `check` for as many random sources; a failure names the seed. */
export const forRandom = (cases: number, check: (random: Random) => void): void => {
  for (let seed = 1; seed <= played(cases); seed += 1) {
    try {
      check(mulberry32(seed));
    } catch (cause) {
      throw new Error(`with seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
};

export const between = (random: Random, low: number, high: number): number => low + random() * (high - low);

export const pick = <A>(random: Random, choices: readonly A[]): A => choices[Math.floor(random() * choices.length)]!;
