/** Plugs memory as an agent does that is told a size, and sees when it is there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../../../machines/units';
import type { Guest } from '../harness';

const LOOK_MS = 5;

const until = async ({ qmp }: Guest, isThere: (pluggedBytes: number) => boolean): Promise<number> => {
  while (!isThere(await qmp.pluggedBytes())) await sleep(LOOK_MS);
  return performance.now();
};

/** Asks for so much and waits for it. @returns when it was there, by performance.now() */
export const plug = async (guest: Guest, mib: number): Promise<number> => {
  await guest.qmp.requestPlugged(mib * MIB);
  return until(guest, (bytes) => bytes === mib * MIB);
};

/** Asks for so much and waits for the first part of it. @returns when there was more than before, by performance.now() */
export const plugSome = async (guest: Guest, mib: number): Promise<number> => {
  const before = await guest.qmp.pluggedBytes();
  await guest.qmp.requestPlugged(mib * MIB);
  return until(guest, (bytes) => bytes > before);
};
