/** The segments of a log in the order in which they are read. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../../../machines/shared/error-text';
import { EventLogError } from './event-log-error';
import { listSegments } from './segments';

export interface LogSegments {
  /** The path of the next segment; null while there is none. */
  next(): Promise<string | null>;
  /** Whether a segment follows the one that was given last. */
  hasNext(): Promise<boolean>;
}

/** Those that are there now: what a running monitor begins meanwhile is not waited for. */
const presentSegments = (paths: readonly string[]): LogSegments => {
  let given = 0;
  return {
    next: () => Promise.resolve(paths[given++] ?? null),
    hasNext: () => Promise.resolve(given < paths.length),
  };
};

/** The directory is looked at anew each time. */
const growingSegments = (dir: string): LogSegments => {
  let last = 0;
  const following = async () => (await listSegments(dir)).find(({ firstSeq }) => firstSeq > last);
  return {
    next: async () => {
      const segment = await following();
      if (segment === undefined) return null;
      last = segment.firstSeq;
      return join(dir, segment.name);
    },
    hasNext: async () => (await following()) !== undefined,
  };
};

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new EventLogError(path, 0, errorText(error));
  }
};

/** At least one. */
const presentPaths = async (path: string): Promise<readonly string[]> => {
  if (!(await isDirectory(path))) return [path];
  const names = await listSegments(path);
  if (names.length === 0) throw new EventLogError(path, 0, 'holds no segment (NNNNNNNNNNNN.ndjson or .ndjson.gz)');
  return names.map(({ name }) => join(path, name));
};

/** Of a directory, or one file as the only segment. Throws EventLogError where there is none. */
export const segmentsOf = async (path: string, extent: 'present' | 'growing'): Promise<LogSegments> =>
  extent === 'growing' && (await isDirectory(path)) ? growingSegments(path) : presentSegments(await presentPaths(path));

/** Throws EventLogError where there is none. */
export const newestSegment = async (path: string): Promise<string> => (await presentPaths(path)).at(-1) ?? path;
