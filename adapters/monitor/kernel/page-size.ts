/** How many bytes a page of this kernel has: 4 KiB on x86-64, 4, 16 or 64 KiB on arm64. Asked once, at the start. */
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';

/** What the kernel hands each process: pairs of words, type and value; man getauxval, linux/auxvec.h. */
const AUXV = '/proc/self/auxv';
const AT_PAGESZ = 6n;
const AT_NULL = 0n;
/** Words are as wide as a pointer; Node runs on 64-bit Linux, apart from these. */
const NARROW_ARCHS: readonly string[] = ['arm', 'ia32'];
const WIDE_WORD_BYTES = 8;

/** The smallest that Linux has, and what is taken where it cannot be asked (another system, no /proc). */
export const SMALLEST_PAGE_BYTES = 4096;
const LARGEST_PAGE_BYTES = 256 * 1024;

const isPageSize = (bytes: number): boolean =>
  bytes >= SMALLEST_PAGE_BYTES && bytes <= LARGEST_PAGE_BYTES && Number.isInteger(Math.log2(bytes));

const wideWords = (auxv: Buffer): readonly bigint[] =>
  Array.from({ length: Math.floor(auxv.length / WIDE_WORD_BYTES) }, (_, index) =>
    endianness() === 'LE'
      ? auxv.readBigUInt64LE(index * WIDE_WORD_BYTES)
      : auxv.readBigUInt64BE(index * WIDE_WORD_BYTES),
  );

/** Of a 64-bit process. Null: it is not in there, or is no size of a page. */
export const pageBytesIn = (auxv: Buffer): number | null => {
  const words = wideWords(auxv);
  for (let at = 0; at + 1 < words.length && words[at] !== AT_NULL; at += 2) {
    const bytes = Number(words[at + 1]);
    if (words[at] === AT_PAGESZ) return isPageSize(bytes) ? bytes : null;
  }
  return null;
};

const askKernel = (): number => {
  if (NARROW_ARCHS.includes(process.arch)) return SMALLEST_PAGE_BYTES;
  try {
    return pageBytesIn(readFileSync(AUXV)) ?? SMALLEST_PAGE_BYTES;
  } catch {
    return SMALLEST_PAGE_BYTES;
  }
};

export const PAGE_BYTES = askKernel();

/**
 * Pages of the kernel as pages of 4 KiB, in which readings count pages whatever kernel took them, so that a log means the
 * same wherever it is replayed.
 */
export const loggedPages = (pageBytes: number): number => pageBytes / SMALLEST_PAGE_BYTES;
