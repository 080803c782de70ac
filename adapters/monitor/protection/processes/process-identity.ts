/**
 * Who a process is. Pids are used again; a pid together with its start time is not. Executable and
 * parent distinguish a Postgres process from any other that names itself so.
 */
import { closeSync, openSync, read as readByPool, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { missing, type ParseError, showParseError } from '../../../shared/parse/parse-error';
import { allFields, endOfWord, skipBlanks, wholeNumberAt } from '../../../shared/parse/scan';
import { attempt, orEnded } from '../attempt';

/** A title holds a user, a database (63 bytes each) and a host; the rest of a long command line is of no use to us. */
const MAX_TITLE_BYTES = 512;

export interface ProcessIdentity {
  readonly pid: number;
  readonly parentPid: number;
  /** Clock ticks from boot to its start. */
  readonly startTicks: number;
  /** What /proc/PID/exe links to: an absolute path, with " (deleted)" behind it after an upgrade. */
  readonly executable: string;
  /** The command line, which Postgres processes overwrite: "postgres: alice shop [local] SELECT". */
  readonly title: string;
}

/** Columns of /proc/PID/stat, counted from the one behind the name: state is 0 (proc(5) counts it as 3). */
const PARENT_COLUMN = 1;
const START_COLUMN = 19;

type Stat = Pick<ProcessIdentity, 'parentPid' | 'startTicks'>;

/** The name stands in parentheses and may itself hold blanks, line feeds and parentheses: the last one ends it. */
export const parseProcessStat = (file: string, text: string): Either<ParseError, Stat> => {
  const nameEnd = text.lastIndexOf(')');
  if (nameEnd < 0) return E.left(missing(file, text, 'the name in parentheses'));
  const column = (index: number): Either<ParseError, number> => {
    let at = nameEnd + 1;
    for (let skipped = 0; skipped < index; skipped += 1) at = endOfWord(text, skipBlanks(text, at));
    return wholeNumberAt(file, text, at);
  };
  return allFields({ parentPid: column(PARENT_COLUMN), startTicks: column(START_COLUMN) });
};

/** Arguments end with NUL, and an overwritten title is filled up with it. */
export const parseTitle = (cmdline: string): string => cmdline.replace(/\0+/g, ' ').trim();

const readOnce = promisify(readByPool);

const readStart = async (path: string): Promise<string> => {
  const file = openSync(path, 'r');
  try {
    const { buffer, bytesRead } = await readOnce(file, Buffer.alloc(MAX_TITLE_BYTES), 0, MAX_TITLE_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    closeSync(file);
  }
};

/**
 * undefined: it has ended. Left: one line; EACCES where we may not look at other users' processes
 * (CAP_SYS_PTRACE). Of the three files only /proc/PID/cmdline is read in the thread pool, as it waits for a lock of
 * the process's memory map, which a process in trouble may hold for long.
 */
export const readIdentity = async (
  procRoot: string,
  pid: number,
): Promise<Either<string, ProcessIdentity | undefined>> => {
  const path = (name: string): string => join(procRoot, String(pid), name);
  const read = orEnded(
    await attempt(path('exe'), async () => ({
      stat: readFileSync(path('stat'), 'latin1'),
      executable: readlinkSync(path('exe')),
      title: parseTitle(await readStart(path('cmdline'))),
    })),
  );
  if (E.isLeft(read)) return read;
  if (read.right === undefined) return E.right(undefined);
  const { stat, executable, title } = read.right;
  const parsed = parseProcessStat(path('stat'), stat);
  if (E.isLeft(parsed)) return E.left(showParseError(parsed.left));
  return E.right({ pid, ...parsed.right, executable, title });
};

/** Whether both are the same process in the same role; its title changes with each statement. */
export const isSameProcess = (one: ProcessIdentity, other: ProcessIdentity): boolean =>
  one.pid === other.pid &&
  one.startTicks === other.startTicks &&
  one.parentPid === other.parentPid &&
  one.executable === other.executable;
