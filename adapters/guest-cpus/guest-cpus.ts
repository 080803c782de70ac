/**
 * Brings CPUs of this machine online and takes them offline (kernel doc core-api/cpu_hotplug). Only with
 * --hotplug-cpus: nobody's own machine is touched.
 *
 * If we die in between: some CPUs are switched and some are not, and all that runs goes on with those that are
 * online. The next start brings online what is granted.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type { CpuWish } from '../../machines/events';
import { fileFailure } from '../kernel/node-error';
import { parseCpuList } from '../kernel/parse/cpu-list';
import { showParseError } from '../kernel/parse/parse-error';
import { within } from '../within';
import { SWITCH_MS } from './limits';
import { type GuestCpuState, planCpus } from './plan';

export interface GuestCpus {
  /** Right: how many CPUs are online now, as many as were asked for. Left: what is not as asked yet, and why. */
  apply(wish: CpuWish): Promise<E.Either<string, number>>;
}

const readCpus = async (path: string): Promise<E.Either<string, readonly number[]>> => {
  try {
    return pipe(parseCpuList(path, await readFile(path, 'latin1')), E.mapLeft(showParseError));
  } catch (error) {
    return E.left(fileFailure(path, error).message);
  }
};

const readState = async (root: string): Promise<E.Either<string, GuestCpuState>> => {
  const present = await readCpus(join(root, 'present'));
  if (E.isLeft(present)) return present;
  return E.map((online: readonly number[]) => ({ present: present.right, online }))(
    await readCpus(join(root, 'online')),
  );
};

/** The write returns when the CPU is switched. Null: it is; else why not. */
const switchCpu = async (root: string, cpu: number, to: '0' | '1'): Promise<string | null> => {
  const path = join(root, `cpu${cpu}`, 'online');
  try {
    await writeFile(path, to, { flag: 'r+' });
    return null;
  } catch (error) {
    return fileFailure(path, error).message;
  }
};

const switchAll = async (root: string, cpus: readonly number[], to: '0' | '1'): Promise<string | null> => {
  for (const cpu of cpus) {
    const trouble = await switchCpu(root, cpu, to);
    if (trouble !== null) return trouble;
  }
  return null;
};

const applyUnder = async (root: string, wish: CpuWish): Promise<E.Either<string, number>> => {
  const before = await readState(root);
  if (E.isLeft(before)) return before;
  const { target, bringOnline, takeOffline } = planCpus(before.right, wish);
  const trouble = (await switchAll(root, bringOnline, '1')) ?? (await switchAll(root, takeOffline, '0'));
  if (trouble !== null) return E.left(trouble);
  const after = await readState(root);
  if (E.isLeft(after)) return after;
  const { present, online } = after.right;
  if (online.length < target)
    return E.left(`${online.length} of ${target} CPUs are online, ${present.length} are there`);
  const isTooMany = wish.surplus === 'offline' && online.length > target;
  return isTooMany ? E.left(`${online.length} CPUs are online, ${target} are granted`) : E.right(online.length);
};

/** @param sysRoot where sysfs is mounted, /sys */
export const guestCpusUnder = (sysRoot: string): GuestCpus => {
  const root = join(sysRoot, 'devices/system/cpu');
  /** A write that hangs in the kernel cannot be called back: nothing is begun beside it. */
  let isSwitching = false;
  return {
    apply: async (wish) => {
      if (isSwitching) return E.left(`${root}: the kernel still switches a CPU that was asked for before`);
      isSwitching = true;
      let done: E.Either<string, number> = E.left(`${root}: not switched within ${SWITCH_MS} ms`);
      const work = applyUnder(root, wish)
        .then((outcome) => {
          done = outcome;
        })
        .finally(() => {
          isSwitching = false;
        });
      await within(work, SWITCH_MS);
      return done;
    },
  };
};
