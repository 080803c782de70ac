/** Amounts of memory and disk: `64MiB`, `1.5GiB`, `1048576`. Powers of 1024 only, as the kernel counts. */
import * as E from 'fp-ts/Either';
import { GIB, KIB, MIB } from '../../units';
import type { TextReader } from './text-reader';

/** Without GB, MB and the like: we cannot know whether 1000 or 1024 is meant. */
const UNITS = new Map(Object.entries({ '': 1, B: 1, KiB: KIB, MiB: MIB, GiB: GIB, TiB: 1024 * GIB }));

const AMOUNT = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/;

const ALLOWED = 'bytes such as 67108864, 64MiB or 1.5GiB (units B, KiB, MiB, GiB, TiB)';

/** Whole bytes, at most 2^53 - 1. */
export const bytes: TextReader<number> = (text) => {
  const [, amount = '', unit = ''] = AMOUNT.exec(text) ?? [];
  const factor = UNITS.get(unit);
  if (factor === undefined) return E.left(`${ALLOWED}; "${unit}" is not one of them`);
  if (amount === '') return E.left(ALLOWED);
  const total = Math.round(Number(amount) * factor);
  return Number.isSafeInteger(total) ? E.right(total) : E.left(`${ALLOWED}, less than 8192TiB`);
};

/** Bytes, but not fewer than `leastBytes`, which messages call `leastText`. */
export const bytesFrom =
  (leastBytes: number, leastText: string): TextReader<number> =>
  (text) => {
    const total = bytes(text);
    return E.isRight(total) && total.right < leastBytes ? E.left(`at least ${leastText}`) : total;
  };
