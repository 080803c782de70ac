/**
 * cpu.max of the cgroup that holds the QEMU process: what makes a fraction of a vCPU true, and a vCPU that cannot be
 * unplugged useless (kernel doc admin-guide/cgroup-v2). All of QEMU counts: its vCPUs and its own threads.
 *
 * If we die after writing it: it stands. It is the size that was asked for, and the next agent reads it with observed().
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { fileFailure } from '../../../shared/node-error';
import { parseCpuMax } from '../../../shared/parse/cpu-max';
import { showParseError } from '../../../shared/parse/parse-error';

const PERIOD_US = 100_000;
/** The kernel refuses less than 1 ms (kernel/sched/core.c, min_cfs_quota_period). */
const LEAST_QUOTA_US = 1_000;

/** The smallest quota as a number of CPUs. */
export const LEAST_CPU = LEAST_QUOTA_US / PERIOD_US;

export interface CpuQuota {
  /** Number of CPUs; Infinity for "max". */
  read(): Promise<E.Either<string, number>>;
  write(cpu: number): Promise<E.Either<string, void>>;
}

/** @param cgroup its directory, e.g. /sys/fs/cgroup/vms/one */
export const cpuQuotaOf = (cgroup: string): CpuQuota => {
  const path = join(cgroup, 'cpu.max');
  const settled = <A>(work: Promise<A>): Promise<E.Either<string, A>> =>
    work.then(E.right, (error: unknown) => E.left(fileFailure(path, error).message));
  return {
    read: async () =>
      pipe(
        await settled(readFile(path, 'latin1')),
        E.chain((text) => E.mapLeft(showParseError)(parseCpuMax(path, text))),
        E.map((cpus) => cpus ?? Infinity),
      ),
    write: (cpu) => {
      const quotaUs = Math.max(LEAST_QUOTA_US, Math.ceil(cpu * PERIOD_US));
      return settled(writeFile(path, `${quotaUs} ${PERIOD_US}\n`, { flag: 'r+' }));
    },
  };
};
