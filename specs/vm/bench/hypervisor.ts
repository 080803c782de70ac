/** When memory that was asked for begins to be there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../../../machines/shared/units';
import type { Guest } from '../harness';

const LOOK_MS = 5;

/** Asks for so much and waits for the first part of it. @returns when there was more than before, by performance.now() */
export const plugSome = async ({ qmp }: Guest, mib: number): Promise<number> => {
  const before = await qmp.pluggedBytes();
  await qmp.requestPlugged(mib * MIB);
  while ((await qmp.pluggedBytes()) === before) await sleep(LOOK_MS);
  return performance.now();
};
