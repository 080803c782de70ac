/**
 * A statement of Postgres that takes memory at a steady rate, as a sort or a build of an index does; see Growth in
 * grower.ts for what the rate is where the guest is slow.
 */
import { SECOND_MS } from '../../../machines/shared/units';
import type { Guest, GuestProcess } from '../harness';
import { psql } from './postgres';

export interface BackendGrowth {
  readonly mib: number;
  /** At most: where a piece takes long, it rests after it for as long, but for no more than MOST_REST_MS. */
  readonly mibPerS: number;
}

export interface GrowingBackend extends GuestProcess {
  /** The process id of the backend; its client is the process itself. */
  readonly backendPid: number;
}

/** Large enough for huge pages: emulation makes each fault dear, and would set the rate in our place. */
const PIECE_MIB = 8;

/** Half of the longest look at who grows: on a busy host a rest as long as a piece would hide the growth from it. */
const MOST_REST_MS = 100;

/** Elements of an array. One that was held up goes on from there at its pace, and does not rush. */
const growing = ({ mib, mibPerS }: BackendGrowth): string => `
  CREATE FUNCTION pg_temp.grow() RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    piece text := repeat(repeat('x', 1024), ${PIECE_MIB} * 1024);
    kept text[];
    began timestamptz;
    took double precision;
  BEGIN
    FOR i IN 1..${Math.ceil(mib / PIECE_MIB)} LOOP
      began := clock_timestamp();
      kept[i] := piece;
      took := extract(epoch FROM clock_timestamp() - began);
      PERFORM pg_sleep(greatest(least(took, ${MOST_REST_MS / SECOND_MS}), ${PIECE_MIB / mibPerS} - took));
    END LOOP;
  END
  $$`;

/** What only reads may be held; a DO block may hold locks that others need. */
const GROW = 'SELECT pg_temp.grow()';

/** Starts it; it ends when it has taken so much. */
export const startGrowingBackend = async (guest: Guest, growth: BackendGrowth): Promise<GrowingBackend> => {
  const running = await guest.start(`exec ${psql('SELECT pg_backend_pid()', growing(growth), GROW)}`);
  return { ...running, backendPid: Number(await running.line()) };
};
