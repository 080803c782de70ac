/** A statement of Postgres that takes memory at a steady rate, as a sort or a build of an index does. */
import type { Guest, GuestProcess } from '../harness';
import { psql } from './postgres';

export interface BackendGrowth {
  readonly mib: number;
  readonly mibPerS: number;
}

export interface GrowingBackend extends GuestProcess {
  /** The process id of the backend; its client is the process itself. */
  readonly backendPid: number;
}

/** Large enough for huge pages: emulation makes each fault dear, and would set the rate in our place. */
const PIECE_MIB = 8;

/** Elements of an array. One that was held up goes on from there at its rate, and does not rush. */
const growing = ({ mib, mibPerS }: BackendGrowth): string => `
  DO $$
  DECLARE
    piece text := repeat(repeat('x', 1024), ${PIECE_MIB} * 1024);
    kept text[];
    due timestamptz := clock_timestamp();
  BEGIN
    FOR i IN 1..${Math.ceil(mib / PIECE_MIB)} LOOP
      kept[i] := piece;
      due := greatest(due, clock_timestamp() - interval '50 ms') + interval '${(1000 * PIECE_MIB) / mibPerS} ms';
      PERFORM pg_sleep(greatest(0, extract(epoch FROM due - clock_timestamp())));
    END LOOP;
  END
  $$`;

/** Starts it; it ends when it has taken so much. */
export const startGrowingBackend = async (guest: Guest, growth: BackendGrowth): Promise<GrowingBackend> => {
  const running = await guest.start(`exec ${psql('SELECT pg_backend_pid()', growing(growth))}`);
  return { ...running, backendPid: Number(await running.line()) };
};
