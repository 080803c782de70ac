/** Lists of CPUs, as the files in /sys/devices/system/cpu have them (kernel doc admin-guide/cputopology). */
import * as E from 'fp-ts/Either';
import { type Parser, unexpected } from './parse-error';

/** More CPUs than Linux can be built for on x86; a longer list is not one. */
const MAX_CPUS = 8192;

const cpuRange = (range: string): readonly number[] | null => {
  const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(range) ?? [];
  if (first === undefined) return null;
  const count = Number(last) - Number(first) + 1;
  return count >= 1 && count <= MAX_CPUS ? Array.from({ length: count }, (_, index) => Number(first) + index) : null;
};

/** `0-3,6`, as the files in /sys/devices/system/cpu have it; an empty line is no CPU. */
export const parseCpuList: Parser<readonly number[]> = (file, text) => {
  const cpus: number[] = [];
  for (const range of text.trim().split(',')) {
    const some = range === '' ? [] : cpuRange(range);
    if (some === null || cpus.length + some.length > MAX_CPUS) {
      return E.left(unexpected(file, text, 0, 'CPUs such as 0-3,6'));
    }
    cpus.push(...some);
  }
  return E.right(cpus);
};
