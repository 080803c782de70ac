/** What the figures depend on beside the code. */
import { availableParallelism, cpus, loadavg, release } from 'node:os';
import { BUILD_ID } from '../../machines/shared/build-id';
import { distributionOf } from './figures';

/** Load per core above which others take part of what is measured. */
const IDLE_LOAD_PER_CORE = 0.2;

export const machineText = (): string => {
  const [load1 = 0, load5 = 0] = loadavg();
  const cores = availableParallelism();
  const isIdle = load1 <= IDLE_LOAD_PER_CORE * cores;
  return [
    `CPU      ${cpus()[0]?.model ?? 'unknown'}, ${cores} cores`,
    `kernel   ${release()}`,
    `node     ${process.version}`,
    `build    ${BUILD_ID}`,
    `load     ${load1.toFixed(2)} (1 min), ${load5.toFixed(2)} (5 min)`,
    ...(isIdle ? [] : ['         The machine is not idle: figures are worse than the code deserves, tails above all.']),
  ].join('\n');
};

const COPIES = 100_000;
const LOOKS = 5;

const nsPerCopy = (): number => {
  let copied = { a: 0, b: 1, c: 2, d: 3, e: 4, f: 5, g: 6, h: 7, i: 8, j: 9, k: 10, l: 11 };
  const begunAt = performance.now();
  for (let i = 0; i < COPIES; i += 1) copied = { ...copied, a: i };
  const ns = ((performance.now() - begunAt) * 1e6) / COPIES;
  // The result is used, so that the compiler cannot leave the work out.
  return copied.a === COPIES - 1 ? ns : NaN;
};

/**
 * How long the machine takes for work that is always the same: ns for a copy of a small object. Other
 * guests of a host can double it from one minute to the next, and with it every figure below.
 */
export const yardstickNs = (): number => distributionOf(Array.from({ length: LOOKS }, nsPerCopy)).median;
