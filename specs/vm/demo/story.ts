/** What happens in the VM: calm, two queries that swell, their end, and the ebb. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from '../harness';
import { startGrower } from '../in-guest/grower';
import { CALM_MS, EBB_DEADLINE_MS, LOOK_MS, PLATEAU_MS, SWELL_DEADLINE_MS } from './limits';

/** Two processes in the cgroup of Postgres: together more than the VM has at first, and less than the largest one has. */
const QUERIES = 2;
const QUERY = { fromMib: 1, toMib: 230, mibPerS: 10 } as const;

export interface Story {
  readonly guest: Guest;
  readonly say: (text: string) => void;
  /** True when the VM is as small as at first. */
  readonly isSmall: () => boolean;
}

/** Begins with a VM that is seen, and takes no longer than its deadlines. */
export const tell = async ({ guest, say, isSmall }: Story): Promise<void> => {
  await sleep(CALM_MS);
  say(`${QUERIES} queries begin, each takes ${QUERY.mibPerS} MiB/s up to ${QUERY.toMib} MiB`);
  const queries = await Promise.all(Array.from({ length: QUERIES }, () => startGrower(guest, QUERY)));
  const swollen = Promise.all(queries.map((query) => query.reached(QUERY.toMib)));
  const have = await Promise.race([swollen.then(() => true), sleep(SWELL_DEADLINE_MS, false)]);
  say(have ? 'they have all that they want' : 'time is up: they do not have all that they want yet');
  await sleep(PLATEAU_MS);
  await Promise.all(queries.map((query) => query.kill()));
  say('they end; the VM shrinks when the monitor has looked for a minute');
  const untilMs = performance.now() + EBB_DEADLINE_MS;
  while (!isSmall() && performance.now() < untilMs) await sleep(LOOK_MS);
  say(isSmall() ? 'the VM is as small as at first' : 'time is up: the VM is not yet as small as at first');
};
