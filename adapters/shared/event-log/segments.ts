/**
 * Names of the files in a log directory. A segment bears its first seq, so that their order is the
 * order of their names: 000000000017.ndjson while it is written, 000000000017.ndjson.gz when closed.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export type LogFileKind = 'plain' | 'gzip' | 'temp' | 'broken';

/** One file of the log. "temp": a compression that is under way; "broken": set aside by the recovery. */
export interface LogFile {
  readonly name: string;
  readonly firstSeq: number;
  readonly kind: LogFileKind;
}

const SUFFIX_KIND: Readonly<Record<string, LogFileKind>> = {
  '': 'plain',
  '.gz': 'gzip',
  '.gz.tmp': 'temp',
  '.broken': 'broken',
  '.gz.broken': 'broken',
};

const SEQ_DIGITS = 12;

export const plainName = (firstSeq: number): string => `${String(firstSeq).padStart(SEQ_DIGITS, '0')}.ndjson`;
export const gzipName = (firstSeq: number): string => `${plainName(firstSeq)}.gz`;
export const tempName = (firstSeq: number): string => `${gzipName(firstSeq)}.tmp`;
export const brokenName = (segment: LogFile): string => `${segment.name}.broken`;

/** The file's place in the log; null for files that are none of ours. */
export const parseName = (name: string): LogFile | null => {
  const [, digits, suffix] = /^(\d{12})\.ndjson(.*)$/.exec(name) ?? [];
  const kind = SUFFIX_KIND[suffix ?? ''];
  return digits === undefined || kind === undefined ? null : { name, firstSeq: Number(digits), kind };
};

/** All files of the log, oldest first. Throws when the directory cannot be read. */
export const listLogFiles = async (dir: string): Promise<LogFile[]> =>
  (await readdir(dir))
    .map(parseName)
    .filter((file) => file !== null)
    .sort((a, b) => a.firstSeq - b.firstSeq);

/**
 * The segments to read, oldest first. A crash between the end of a compression and the removal of
 * the plain file leaves both; the plain one counts.
 */
export const listSegments = async (dir: string): Promise<LogFile[]> => {
  const files = await listLogFiles(dir);
  const plain = new Set(files.filter((file) => file.kind === 'plain').map((file) => file.firstSeq));
  return files.filter((file) => file.kind === 'plain' || (file.kind === 'gzip' && !plain.has(file.firstSeq)));
};

/** Bytes of one file; one that is gone meanwhile (compressed and renamed, or removed) counts nothing. */
export const sizeOf = (dir: string, { name }: LogFile): Promise<number> =>
  stat(join(dir, name)).then(
    ({ size }) => size,
    () => 0,
  );

/** Bytes of all files of the log. Throws when the directory cannot be read. */
export const logBytes = async (dir: string): Promise<number> => {
  const sizes = await Promise.all((await listLogFiles(dir)).map((file) => sizeOf(dir, file)));
  return sizes.reduce((sum, size) => sum + size, 0);
};
