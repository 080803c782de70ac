/**
 * Noise within the rows of a trace: a coarse trace shows averages, and real load varies around
 * them. Lognormal factors with mean 1, correlated over about ten seconds.
 */
import { fnv1a, mulberry32, standardNormal } from './random';
import type { Trace } from './trace';

/** Finer traces show their own jitter. */
const COARSE_SECONDS = 60;
const CORRELATION = Math.exp(-1 / 10);
const INNOVATION = Math.sqrt(1 - CORRELATION ** 2);

export interface NoiseOptions {
  /** Coefficient of variation; 0: none. */
  readonly cv: number;
  readonly seed: number;
}

const NO_NOISE = (): number => 1;

/** Gives the factor of each second in turn. */
export const noiseFor = (trace: Trace, { cv, seed }: NoiseOptions): (() => number) => {
  if (cv === 0 || trace.medianIntervalSeconds < COARSE_SECONDS) return NO_NOISE;
  const normal = standardNormal(mulberry32(fnv1a(`${trace.name}#${seed}`)));
  const variance = Math.log(1 + cv ** 2);
  const deviation = Math.sqrt(variance);
  let x = 0;
  return () => {
    x = CORRELATION * x + INNOVATION * normal();
    return Math.exp(deviation * x - variance / 2);
  };
};
