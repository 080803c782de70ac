/** One sentence of reason, made of the decision's parts. */
import { formatBytes, formatCpu, formatMs } from '../../format';
import type { Need } from '../policy';
import type { HeadroomParameters } from './parameters';

const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;

const explainMemory = (parameters: HeadroomParameters, { memBytes, parts }: Need): string => {
  const { neededBytes, growthBytesPerS = 0, forecastBytes = 0, grantUpMs = 0 } = parts;
  if (memBytes === null || neededBytes === undefined) return 'memory: not readable';
  const growth =
    growthBytesPerS > 0
      ? `, growing ${formatBytes(growthBytesPerS)}/s, a grant takes ${formatMs(grantUpMs)}, so ${formatBytes(forecastBytes)}`
      : '';
  const now = forecastBytes * (1 + parameters.memHeadroomFraction) + parameters.memBaseBytes;
  const past =
    memBytes > now + parameters.memStepBytes ? ` (the most of the last ${formatMs(parameters.windowMs)})` : '';
  return (
    `memory: ${formatBytes(neededBytes)} in use${growth} + ${percent(parameters.memHeadroomFraction)}` +
    ` + ${formatBytes(parameters.memBaseBytes)} → ${formatBytes(memBytes)}${past}`
  );
};

const explainCpu = (parameters: HeadroomParameters, { cpu, parts }: Need): string => {
  const { demandCores } = parts;
  if (cpu === null || demandCores === undefined) return 'CPU: not readable';
  const now = demandCores * (1 + parameters.cpuHeadroomFraction) + parameters.cpuStep;
  const past = cpu > now ? ` (the most of the last ${formatMs(parameters.windowMs)})` : '';
  return `CPU: ${formatCpu(demandCores)} wanted + ${percent(parameters.cpuHeadroomFraction)} → ${formatCpu(cpu)}${past}`;
};

/** "memory: 1.9 GiB in use, growing 300 MiB/s, a grant takes 1.4 s, so 2.3 GiB + 15 % + 100 MiB → 2.8 GiB; CPU: …". */
export const explainHeadroom = (parameters: HeadroomParameters, need: Need): string =>
  `${explainMemory(parameters, need)}; ${explainCpu(parameters, need)}`;
