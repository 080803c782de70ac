/**
 * The use that a limit must stay clear of. Above memory.high the kernel reclaims at once, cache first, so
 * all that the cgroup holds counts. At memory.max it drops page cache too, and kills only where that is
 * not enough: what cannot be reclaimed counts. (With a full page cache memory.current is near the VM's
 * end, and no memory.max above it would be below that.)
 */
import * as E from 'fp-ts/Either';
import type { MemoryStat } from '../../../streams/raw-sample';
import { parseMemoryStat } from '../kernel/parse/memory-stat';
import type { Parser } from '../../shared/parse/parse-error';
import { parseSingleNumber } from '../../shared/parse/single-value';
import type { LimitName } from './limit-text';

export interface CgroupUse {
  /** Of the managed cgroup. */
  readonly file: string;
  readonly parse: Parser<number>;
  /** For messages, behind the bytes. */
  readonly words: string;
}

/** Without swap; with it anon and shmem may be reclaimed as well, at too high a price. */
const unreclaimable: Parser<number> = (file, text) =>
  E.map(({ anonBytes, shmemBytes, kernelBytes }: MemoryStat) => anonBytes + shmemBytes + kernelBytes)(
    parseMemoryStat(file, text),
  );

export const USE_BELOW: Readonly<Record<LimitName, CgroupUse>> = {
  'memory.high': { file: 'memory.current', parse: parseSingleNumber, words: 'in use' },
  'memory.max': { file: 'memory.stat', parse: unreclaimable, words: 'that cannot be reclaimed (anon, shmem, kernel)' },
};
