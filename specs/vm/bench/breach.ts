/**
 * How long after a breach the request is on the wire, and how near use has come to the VM's end when the grant is there.
 * A breach is what the yardstick means by it: 85 % of MemTotal in anonymous memory of Postgres' cgroup. Negative: asked
 * before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from '../harness';
import { availableMib, memTotalMib } from '../in-guest/cgroups';
import { startGrower, type Step } from '../in-guest/grower';
import { startStopped } from './clock';
import { BOOT_MIB, tidy } from './guest';
import { plugSome } from './hypervisor';
import { START, type SideName } from './sides';

export type Cache = 'empty' | 'full';

export interface Breach {
  readonly requestMs: number;
  /** What was left of the VM's first size when more was there. */
  readonly leftMib: number;
}

/** Of MemTotal in anonymous memory: where the yardstick asks. */
const ASKED_AT_FRACTION = 0.85;
const FROM_FRACTION = 0.55;
/** Of MemTotal: some seconds after the breach, if memory comes. */
const TO_FRACTION = 1;
const MIB_PER_S = 150;
/** A grant of a whole unit of the yardstick's time. */
const GRANT_MIB = 512;
/** In which a monitor that has just started gets to know the VM as it is. */
const SETTLE_MS = 3_000;
/** What stays free beside a full cache: less, and the kernel would write it out before the race begins. */
const FREE_MIB = 100;
const DEADLINE_MS = 60_000;

const at = (steps: readonly Step[], ms: number): number => steps.filter(({ atMs }) => atMs <= ms).at(-1)?.mib ?? 0;

const fillCache = async (guest: Guest): Promise<void> => {
  const mib = (await availableMib(guest)) - FREE_MIB;
  const filler = await startGrower(guest, { kind: 'file', fromMib: mib, toMib: mib, mibPerS: 1 });
  await filler.reached(mib);
  await guest.run('sync');
};

export const breach = async (guest: Guest, name: SideName, cache: Cache): Promise<Breach> => {
  await tidy(guest);
  const totalMib = await memTotalMib(guest);
  const lineMib = totalMib * ASKED_AT_FRACTION;
  const fromMib = Math.round(totalMib * FROM_FRACTION);
  const toMib = Math.round(totalMib * TO_FRACTION);
  const grower = await startStopped(guest, { fromMib, toMib, mibPerS: MIB_PER_S });
  if (cache === 'full') await fillCache(guest);
  const side = await START[name](guest);
  await sleep(SETTLE_MS);
  const asked = side.asked(BOOT_MIB);
  await grower.signal('SIGCONT');
  const { hostMs } = await asked;
  const thereMs = await plugSome(guest, GRANT_MIB);
  side.granted(BOOT_MIB + GRANT_MIB);
  await grower.untilHas(toMib, DEADLINE_MS);
  const steps = await grower.steps();
  await side.stop();
  const breachMs = steps.find(({ mib }) => mib >= lineMib)?.atMs ?? NaN;
  return {
    requestMs: grower.guestMs(hostMs) - breachMs,
    leftMib: totalMib - at(steps, grower.guestMs(thereMs)),
  };
};
