/**
 * OOM kills of a small VM with a real agent: growth at a steady rate, as specs/vm/sizes.spec.ts has it, and random
 * allocators with --protect full. Each begins with the first size and a monitor that knows nothing of the past.
 */
import { mulberry32 } from '../../support/prng';
import { stopCommands } from '../../support/command';
import { bootGuest, type Guest } from '../harness';
import { within } from '../harness/within';
import { oomKills } from '../in-guest/cgroups';
import { startGrower, type Growth } from '../in-guest/grower';
import { startGuestMonitor } from '../in-guest/monitor';
import { startHostAgent } from '../outside/agent';
import { tidy } from './guest';

const SIZES = '--independent --compute-unit 2,256MiB --min-size 2,512MiB --max-size 2,2GiB';
const DEADLINE_MS = 120_000;

export const bootSmallGuest = (): Promise<Guest> => bootGuest({ memMib: 512, maxMemMib: 2048 });

/** @returns OOM kills while this grew */
export const killsWhile = async (guest: Guest, growth: Growth, flags = ''): Promise<number> => {
  await tidy(guest);
  const before = await oomKills(guest);
  const monitor = await startGuestMonitor(guest, `${SIZES} ${flags}`);
  await startHostAgent(guest, { flags: SIZES.split(' ') });
  await monitor.logged('agent connected');
  const grower = await startGrower(guest, growth);
  const grown = grower.reached(growth.toMib).then(() => undefined);
  // One that was killed is counted by the kernel.
  await within(DEADLINE_MS, `has not ${growth.toMib} MiB`, Promise.race([grown.catch(() => undefined), grower.ended]));
  const kills = (await oomKills(guest)) - before;
  await stopCommands();
  await monitor.stop();
  return kills;
};

const KINDS = ['anon', 'shm'] as const;

/** Up to 1.4 of the 2 GiB that the VM can have, at up to 150 MiB/s. */
export const randomGrowth = (random: () => number): Growth => {
  const between = (least: number, most: number): number => Math.round(least + random() * (most - least));
  const fromMib = between(1, 100);
  return {
    kind: KINDS[between(0, 1)]!,
    fromMib,
    toMib: fromMib + between(100, 1350),
    mibPerS: between(10, 150),
  };
};

export const randomGrowths = (seed: number, count: number): readonly Growth[] => {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => randomGrowth(random));
};
