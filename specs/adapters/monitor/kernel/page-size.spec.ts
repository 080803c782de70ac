import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { PAGE_BYTES, loggedPages, pageBytesIn } from '../../../../adapters/monitor/kernel/page-size';
import { KIB } from '../../../../machines/shared/units';

/** Pairs of words, as the kernel hands them to each process. */
const auxv = (...pairs: readonly (readonly [type: number, value: number])[]): Buffer => {
  const words = pairs.flat();
  const buffer = Buffer.alloc(8 * words.length);
  words.forEach((word, index) => {
    if (endianness() === 'LE') buffer.writeBigUInt64LE(BigInt(word), 8 * index);
    else buffer.writeBigUInt64BE(BigInt(word), 8 * index);
  });
  return buffer;
};

describe('the size of a page', () => {
  it('is what this kernel says it is', () => {
    expect(PAGE_BYTES).toBe(Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' })));
    expect(pageBytesIn(readFileSync('/proc/self/auxv'))).toBe(PAGE_BYTES);
  });

  it('is the value of AT_PAGESZ, and not that of an equal value of another type', () => {
    expect(pageBytesIn(auxv([16, 6], [6, 16 * KIB], [17, 100], [0, 0]))).toBe(16 * KIB);
    expect(pageBytesIn(auxv([6, 64 * KIB]))).toBe(64 * KIB);
  });

  it('is not known from what does not hold it, or holds no size of a page', () => {
    expect(pageBytesIn(Buffer.alloc(0))).toBeNull();
    expect(pageBytesIn(Buffer.from('garbage'))).toBeNull();
    expect(pageBytesIn(auxv([17, 100], [0, 0], [6, 4096]))).toBeNull();
    expect(pageBytesIn(auxv([6, 5000]))).toBeNull();
    expect(pageBytesIn(auxv([6, 0]))).toBeNull();
  });

  it('makes pages of 4 KiB of what the kernel counts', () => {
    expect([4 * KIB, 16 * KIB, 64 * KIB].map(loggedPages)).toEqual([1, 4, 16]);
  });
});
