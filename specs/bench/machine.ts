/** What the figures depend on beside the code. */
import { availableParallelism, cpus, loadavg, release } from 'node:os';
import { BUILD_ID } from '../../adapters/build-id';

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
