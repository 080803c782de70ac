/** A process in the guest that takes memory at a steady rate (specs/vm/guest/grow.c). */
import type { Guest, GuestProcess } from '../harness';
import { POSTGRES, within } from './cgroups';

export interface Growth {
  /** private memory, a segment in /dev/shm, or page cache. Default: private */
  readonly kind?: 'anon' | 'shm' | 'file';
  /** Taken at once. */
  readonly fromMib: number;
  /** Then it keeps what it has. */
  readonly toMib: number;
  /**
   * At most. After each step it rests for as long as the step took, too. So it takes half a CPU at most, and grows as
   * much more slowly as the guest is slow at this moment: emulated, or on a host that has other work. Who has to act
   * in time, the monitor, is as slow. A rate by the clock alone would ask more of it the slower it is.
   */
  readonly mibPerS: number;
  /** Default: Postgres'. */
  readonly cgroup?: string;
}

/** It had so much at that time of the guest's CLOCK_BOOTTIME. */
export interface Step {
  readonly atMs: number;
  readonly mib: number;
}

export interface Grower extends GuestProcess {
  /** All up to now, one a MiB from `fromMib` on. */
  readonly steps: () => Promise<readonly Step[]>;
  /** Resolves with a step that has so much, at most 100 ms after it. */
  readonly reached: (mib: number) => Promise<Step>;
}

const stepOf = (line: string): Step => {
  const [atMs, mib] = line.split(' ').map(Number);
  return { atMs: atMs!, mib: mib! };
};

const stepsIn = (text: string): readonly Step[] => text.split('\n').slice(0, -1).map(stepOf);

export const startGrower = async (
  guest: Guest,
  { kind = 'anon', fromMib, toMib, mibPerS, cgroup = POSTGRES }: Growth,
): Promise<Grower> => {
  const running = await guest.start(within(cgroup, `exec /opt/grow ${kind} ${fromMib} ${toMib} ${mibPerS}`));
  return {
    ...running,
    steps: async () => stepsIn(await guest.read(`/run/grow.${running.pid}`)),
    reached: async (mib) => {
      const past = stepsIn(running.stdout()).find((step) => step.mib >= mib);
      if (past !== undefined) return past;
      for (;;) {
        const step = stepOf(await running.line());
        if (step.mib >= mib) return step;
      }
    },
  };
};
