/** What stands in the files beside a limit. */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { formatBytes } from '../../../machines/shared/format';
import { showParseError } from '../../shared/parse/parse-error';
import { attempt, inWords, isGone } from './attempt';
import { USE_BELOW } from './cgroup-use';
import type { ActuatorFiles } from './files';
import { type LimitName, readLimitText } from './limit-text';

/** Null: "max". "gone": there is no such cgroup, or it has no memory controller. */
export const readLimit = async (
  files: ActuatorFiles,
  path: string,
): Promise<Either<string, number | null | 'gone'>> => {
  const text = await attempt(path, () => files.readText(path));
  if (E.isRight(text)) return readLimitText(path, text.right);
  return isGone(text.left) ? E.right('gone') : E.left(text.left.message);
};

interface Room {
  readonly name: LimitName;
  readonly bytes: number;
  /** Least distance above the use that it must stay clear of. */
  readonly roomBytes: number;
}

/** Left unless the limit has that room at this moment. */
export const requireRoom = async (
  files: ActuatorFiles,
  managed: string,
  { name, bytes, roomBytes }: Room,
): Promise<Either<string, void>> => {
  const { file, parse, words } = USE_BELOW[name];
  const path = join(managed, file);
  const text = await attempt(path, () => files.readText(path));
  if (E.isLeft(text)) return inWords(text);
  const use = parse(path, text.right);
  if (E.isLeft(use)) return E.left(showParseError(use.left));
  if (bytes >= use.right + roomBytes) return E.right(undefined);
  const [wanted, used, room] = [bytes, use.right, roomBytes].map(formatBytes);
  return E.left(
    `${path}: ${used} (${use.right}) ${words}, expected at least ${room} less than the limit, ${wanted} (${bytes})`,
  );
};
