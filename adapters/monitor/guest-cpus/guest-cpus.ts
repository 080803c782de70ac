/**
 * Brings CPUs of this machine online and takes them offline (kernel doc core-api/cpu_hotplug). Only with
 * --hotplug-cpus: nobody's own machine is touched.
 *
 * If we die in between: some CPUs are switched and some are not, and all that runs goes on with those that are
 * online. The next start brings online what is granted.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type { CpuRequest } from '../../../machines/monitor/events';
import { fileFailure } from '../../shared/node-error';
import { parseCpuList } from '../../shared/parse/cpu-list';
import { showParseError } from '../../shared/parse/parse-error';
import { within } from '../../shared/within';
import { SECOND_MS } from '../../../machines/shared/units';

/** One CPU takes 10 to 400 ms to come online or to go; a busy VM takes longer. */
const SWITCH_MS = 5 * SECOND_MS;

export interface GuestCpus {
  /** Right: how many CPUs are online now, as many as were asked for. Left: what is not as asked yet, and why. */
  apply(requested: CpuRequest): Promise<E.Either<string, number>>;
}

interface GuestCpuState {
  /** Numbers of the CPUs that are there, and of those in use; ascending. */
  readonly present: readonly number[];
  readonly online: readonly number[];
}

interface CpuPlan {
  /** How many are to be online in the end, at the least. */
  readonly target: number;
  readonly bringOnline: readonly number[];
  readonly takeOffline: readonly number[];
}

/** The boot CPU: kernels that can take it offline at all do not like to. */
const BOOT_CPU = 0;

/** Up: the lowest that are offline. Down: the highest that are online, never CPU 0, and never the last. */
export const planCpus = ({ present, online }: GuestCpuState, { count, surplus }: CpuRequest): CpuPlan => {
  const target = Math.max(1, count ?? present.length);
  const offline = present.filter((cpu) => !online.includes(cpu));
  const spare = surplus === 'offline' ? Math.max(0, online.length - target) : 0;
  return {
    target,
    bringOnline: offline.slice(0, Math.max(0, target - online.length)),
    takeOffline: online
      .filter((cpu) => cpu !== BOOT_CPU)
      .reverse()
      .slice(0, spare),
  };
};

/** At once: the kernel makes these lists without waiting for anybody. By the thread pool a starved guest takes seconds. */
const readCpus = (path: string): E.Either<string, readonly number[]> => {
  try {
    return pipe(parseCpuList(path, readFileSync(path, 'latin1')), E.mapLeft(showParseError));
  } catch (error) {
    return E.left(fileFailure(path, error).message);
  }
};

const readState = (root: string): E.Either<string, GuestCpuState> =>
  pipe(
    E.Do,
    E.bind('present', () => readCpus(join(root, 'present'))),
    E.bind('online', () => readCpus(join(root, 'online'))),
  );

/** Each write returns when its CPU is switched. Null: all are; else why not. */
const switchAll = async (root: string, cpus: readonly number[], to: '0' | '1'): Promise<string | null> => {
  for (const cpu of cpus) {
    const path = join(root, `cpu${cpu}`, 'online');
    try {
      await writeFile(path, to, { flag: 'r+' });
    } catch (error) {
      return fileFailure(path, error).message;
    }
  }
  return null;
};

/** Right: so many CPUs are online, and that is as asked. */
const reached = (root: string, { surplus }: CpuRequest, target: number): E.Either<string, number> =>
  pipe(
    readState(root),
    E.chain(({ present, online: { length: online } }) => {
      if (online < target) return E.left(`${online} of ${target} CPUs are online, ${present.length} are there`);
      const isTooMany = surplus === 'offline' && online > target;
      return isTooMany ? E.left(`${online} CPUs are online, ${target} are granted`) : E.right(online);
    }),
  );

/** @param sysRoot where sysfs is mounted, /sys */
export const guestCpusUnder = (sysRoot: string): GuestCpus => {
  const root = join(sysRoot, 'devices/system/cpu');
  /** A write that hangs in the kernel cannot be called back: nothing is begun beside it. */
  let isSwitching = false;
  const carryThrough = async ({ bringOnline, takeOffline }: CpuPlan): Promise<string | null> => {
    if (isSwitching) return `${root}: the kernel still switches a CPU that was requested before`;
    isSwitching = true;
    let trouble: string | null = `${root}: not switched within ${SWITCH_MS} ms`;
    const switchBoth = async (): Promise<void> => {
      trouble = (await switchAll(root, bringOnline, '1')) ?? (await switchAll(root, takeOffline, '0'));
      isSwitching = false;
    };
    await within(switchBoth(), SWITCH_MS);
    return trouble;
  };
  return {
    apply: async (requested) => {
      const before = readState(root);
      if (E.isLeft(before)) return before;
      const plan = planCpus(before.right, requested);
      const isAsRequested = plan.bringOnline.length + plan.takeOffline.length === 0;
      const trouble = isAsRequested ? null : await carryThrough(plan);
      return trouble === null ? reached(root, requested, plan.target) : E.left(trouble);
    },
  };
};
