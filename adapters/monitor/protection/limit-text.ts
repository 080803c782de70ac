/** Values of memory.high and memory.max (kernel doc admin-guide/cgroup-v2). */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { showParseError } from '../../shared/parse/parse-error';
import { parseLimit } from '../../shared/parse/single-value';
import { KIB } from '../../../machines/shared/units';

/** Limits are written in multiples of the largest page that Linux has, so that they read back as written. */
const LIMIT_STEP_BYTES = 64 * KIB;

export type LimitName = 'memory.high' | 'memory.max';

export const NO_LIMIT = 'max\n';

export const limitText = (bytes: number): string => `${bytes}\n`;

/** Up to a whole number of pages: the kernel rounds down, and then it would not read back as written. */
export const wholePages = (bytes: number): number => Math.ceil(bytes / LIMIT_STEP_BYTES) * LIMIT_STEP_BYTES;

/** Null for "max". @param path for the message */
export const readLimitText = (path: string, text: string): Either<string, number | null> =>
  E.bimap(showParseError, (bytes: number | undefined) => bytes ?? null)(parseLimit(path, text));
