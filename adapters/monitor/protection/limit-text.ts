/** Values of memory.high and memory.max (kernel doc admin-guide/cgroup-v2). */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { parseLimit } from '../../shared/parse/single-value';
import { isGone, parsed } from './attempt';
import { type Acts, readText } from './undoing';
import { KIB } from '../../../machines/shared/units';

/** Limits are written in multiples of the largest page that Linux has, so that they read back as written. */
const LIMIT_STEP_BYTES = 64 * KIB;

export type LimitName = 'memory.high' | 'memory.max';

export const NO_LIMIT = 'max\n';

export const limitText = (bytes: number): string => `${bytes}\n`;

/** Up to a whole number of pages: the kernel rounds down, and then it would not read back as written. */
export const wholePages = (bytes: number): number => Math.ceil(bytes / LIMIT_STEP_BYTES) * LIMIT_STEP_BYTES;

/** Null: "max". "gone": there is no such cgroup, or it has no memory controller. */
export function* readLimit(path: string): Acts<Either<string, number | null | 'gone'>> {
  const text = yield* readText(path);
  if (E.isLeft(text) && isGone(text.left)) return E.right('gone');
  return E.map((bytes: number | undefined) => bytes ?? null)(parsed(parseLimit, path, text));
}
