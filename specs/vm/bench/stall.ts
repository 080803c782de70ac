/**
 * How long a workload that grows stands still for memory (PSI full of its cgroup): with our monitor and a VM that is
 * plugged as it asks, with memory.high as it was used before, and with neither.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from '../harness';
import { cgroupFile, fullStallMs, POSTGRES } from '../in-guest/cgroups';
import { startStopped } from './clock';
import { BOOT_MIB, tidy } from './guest';
import { plug } from '../outside/plugged';
import { START } from './sides';

const FROM_MIB = 1100;
const GROWN_MIB = 1024;
const MIB_PER_S = 150;
const SETTLE_MS = 3_000;
const DEADLINE_MS = 120_000;

/** Where the old way of using memory.high began, and a step that makes the workload twice as fast as the ramp. */
const RAMP = { startMib: 1200, stepKib: Math.round((MIB_PER_S / 2 / 40) * 1024) } as const;

export type Handling = 'ours' | 'ramp' | 'nobody';

interface Running {
  readonly stop: () => Promise<void>;
}

/** Grants all that is asked, for as long as it runs. */
const ours = async (guest: Guest): Promise<Running> => {
  const side = await START.ours(guest);
  const serve = async (): Promise<never> => {
    for (let mib = BOOT_MIB; ;) {
      mib = (await side.asked(mib)).mib ?? mib;
      await plug(guest, mib - BOOT_MIB);
      side.granted(mib);
    }
  };
  void serve().catch(() => undefined); // Its end.
  return { stop: side.stop };
};

const ramp = async (guest: Guest): Promise<Running> => {
  await plug(guest, GROWN_MIB);
  const cgroup = cgroupFile(POSTGRES, '').replace(/\/$/, '');
  const running = await guest.start(`exec /opt/ramp ${cgroup} ${RAMP.startMib} ${RAMP.stepKib}`);
  await running.line();
  return {
    stop: async () => {
      await running.signal('SIGTERM');
      await running.ended;
    },
  };
};

const nobody = async (guest: Guest): Promise<Running> => {
  await plug(guest, GROWN_MIB);
  return { stop: () => Promise.resolve() };
};

const START_HANDLING: Readonly<Record<Handling, (guest: Guest) => Promise<Running>>> = { ours, ramp, nobody };

/** @returns ms of PSI full for GROWN_MIB */
export const stall = async (guest: Guest, handling: Handling): Promise<number> => {
  await tidy(guest);
  const toMib = FROM_MIB + GROWN_MIB;
  const grower = await startStopped(guest, { fromMib: FROM_MIB, toMib, mibPerS: MIB_PER_S });
  const running = await START_HANDLING[handling](guest);
  await sleep(SETTLE_MS);
  const before = await fullStallMs(guest, POSTGRES);
  await grower.signal('SIGCONT');
  await grower.untilHas(toMib, DEADLINE_MS);
  const stalled = (await fullStallMs(guest, POSTGRES)) - before;
  await running.stop();
  return stalled;
};
