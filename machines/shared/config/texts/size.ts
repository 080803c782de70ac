/** Sizes of a VM as text: `0.25,1GiB` is a quarter of a vCPU and 1 GiB. */
import * as E from 'fp-ts/Either';
import { LARGEST_SIZE, type Size } from '../../events/size';
import { MIB } from '../../units';
import { bytes } from './bytes';
import type { TextReader } from './text-reader';

/** CPU and memory in vCPUs and bytes; no sign, no exponent. */
const CPU = /^\d+(?:\.\d+)?$/;
/** Finer steps than a hundredth of a vCPU mean nothing to a scheduler. */
const LEAST_CPU = 0.01;
/** Less than this is a forgotten unit: "1" for "1GiB". */
const LEAST_MEM_BYTES = MIB;

const ALLOWED = `CPU,MEM such as 0.25,1GiB (CPU from ${LEAST_CPU} to ${LARGEST_SIZE.cpu} vCPU, MEM from 1MiB to 1024TiB)`;

const readCpu = (text: string): number | null => {
  const cpu = Number(text);
  return CPU.test(text) && cpu >= LEAST_CPU && cpu <= LARGEST_SIZE.cpu ? cpu : null;
};

export const size: TextReader<Size> = (text) => {
  const [cpuText = '', memText = '', ...rest] = text.split(',').map((part) => part.trim());
  const cpu = readCpu(cpuText);
  if (cpu === null || memText === '' || rest.length > 0) return E.left(ALLOWED);
  const mem = bytes(memText);
  if (E.isLeft(mem)) return E.left(`${ALLOWED}; MEM is in ${mem.left}`);
  if (mem.right < LEAST_MEM_BYTES) return E.left(`${ALLOWED}; ${JSON.stringify(memText)} is only ${mem.right} bytes`);
  if (mem.right > LARGEST_SIZE.mem) return E.left(ALLOWED);
  return E.right({ cpu, mem: mem.right });
};
