/**
 * The use that a limit must stay clear of. Above memory.high the kernel reclaims at once, cache first, so
 * all that the cgroup holds counts. At memory.max it drops page cache too, and kills only where that is
 * not enough: what cannot be reclaimed counts. (With a full page cache memory.current is near the VM's
 * end, and no memory.max above it would be below that.)
 */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { formatBytes } from '../../../machines/shared/format';
import type { MemoryStat } from '../../../streams/raw-sample';
import { parseMemoryStat } from '../kernel/parse/memory-stat';
import type { Parser } from '../../shared/parse/parse-error';
import { parseSingleNumber } from '../../shared/parse/single-value';
import { parsed } from './attempt';
import type { LimitName } from './limit-text';
import { type Acts, readText } from './undoing';

interface CgroupUse {
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

const USE_BELOW: Readonly<Record<LimitName, CgroupUse>> = {
  'memory.high': { file: 'memory.current', parse: parseSingleNumber, words: 'in use' },
  'memory.max': { file: 'memory.stat', parse: unreclaimable, words: 'that cannot be reclaimed (anon, shmem, kernel)' },
};

export function* readUse(managed: string, name: LimitName): Acts<Either<string, number>> {
  const { file, parse } = USE_BELOW[name];
  const path = join(managed, file);
  return parsed(parse, path, yield* readText(path));
}

interface Room {
  readonly name: LimitName;
  readonly bytes: number;
  /** Least distance above the use that it must stay clear of. */
  readonly roomBytes: number;
}

/** Left unless the limit has that room at this moment. */
export function* requireRoom(managed: string, { name, bytes, roomBytes }: Room): Acts<Either<string, void>> {
  const use = yield* readUse(managed, name);
  if (E.isLeft(use)) return use;
  if (bytes >= use.right + roomBytes) return E.right(undefined);
  const { file, words } = USE_BELOW[name];
  const [wanted, used, room] = [bytes, use.right, roomBytes].map(formatBytes);
  return E.left(
    `${join(managed, file)}: ${used} (${use.right}) ${words}, expected at least ${room} less than the limit, ${wanted} (${bytes})`,
  );
}
