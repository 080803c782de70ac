/**
 * The memory of processes, from /proc/PID/status (kernel doc filesystems/proc, table 1-2), which waits for no lock of
 * theirs. Read at once: by the thread pool each takes five trips through the event loop, and a cancel came too late. A batch
 * after the other, as a reading of hundreds of processes must not delay the sampling.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { KIB } from '../../../../machines/shared/units';
import { type ParseError, showParseError } from '../../../shared/parse/parse-error';
import { allFields, optionalField, requiredField } from '../../../shared/parse/scan';
import { attemptSync, orEnded } from '../attempt';

/** Read in one go: about 1 ms, and 10 ms in an emulated VM. */
const PROCESSES_AT_ONCE = 32;

export interface ProcessMemory {
  readonly pid: number;
  readonly parentPid: number;
  /** RssAnon. */
  readonly anonBytes: number;
  /** RssShmem: pages of shared memory that it has touched; others may have touched the same. */
  readonly shmemBytes: number;
  /** CPU time that it has used; null where the kernel does not report it (CONFIG_SCHED_INFO). */
  readonly cpuMs: number | null;
  /** When it was read, monotonic. */
  readonly atMs: number;
}

type Status = Pick<ProcessMemory, 'parentPid' | 'anonBytes' | 'shmemBytes'>;

/** undefined: it has no memory of its own any more (a zombie), or never had (a thread of the kernel). */
export const parseStatus = (file: string, text: string): Either<ParseError, Status | undefined> => {
  const fields = allFields({
    parentPid: requiredField(file, text, 'PPid:'),
    anonBytes: optionalField(file, text, 'RssAnon:', KIB),
    shmemBytes: optionalField(file, text, 'RssShmem:', KIB),
  });
  if (E.isLeft(fields)) return fields;
  const { parentPid, anonBytes, shmemBytes } = fields.right;
  return E.right(
    anonBytes === undefined || shmemBytes === undefined ? undefined : { parentPid, anonBytes, shmemBytes },
  );
};

const NS_PER_MS = 1e6;

/** The first number of /proc/PID/schedstat is ns on a CPU (kernel doc scheduler/sched-stats). */
const readCpuMs = (procRoot: string, pid: number): number | null => {
  const path = join(procRoot, String(pid), 'schedstat');
  const text = attemptSync(path, () => readFileSync(path, 'latin1'));
  // It may be missing, and is not worth a failure.
  if (E.isLeft(text)) return null;
  const ns = Number(/^\d+ /.exec(text.right)?.[0] ?? Number.NaN);
  return Number.isNaN(ns) ? null : ns / NS_PER_MS;
};

const readOne = (procRoot: string, pid: number): Either<string, ProcessMemory | undefined> => {
  const path = join(procRoot, String(pid), 'status');
  const text = orEnded(attemptSync(path, () => readFileSync(path, 'latin1')));
  if (E.isLeft(text)) return text;
  if (text.right === undefined) return E.right(undefined);
  const atMs = performance.now();
  const status = parseStatus(path, text.right);
  if (E.isLeft(status)) return E.left(showParseError(status.left));
  return E.right(
    status.right === undefined ? undefined : { pid, ...status.right, cpuMs: readCpuMs(procRoot, pid), atMs },
  );
};

/** The memory of each process by pid; one that has ended is left out. */
export const readMemory = async (
  procRoot: string,
  pids: readonly number[],
): Promise<Either<string, ReadonlyMap<number, ProcessMemory>>> => {
  const found = new Map<number, ProcessMemory>();
  for (const [index, pid] of pids.entries()) {
    if (index > 0 && index % PROCESSES_AT_ONCE === 0) await otherWork();
    const read = readOne(procRoot, pid);
    if (E.isLeft(read)) return read;
    if (read.right !== undefined) found.set(read.right.pid, read.right);
  }
  return E.right(found);
};
