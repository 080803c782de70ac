/** Stands in for neon's estimate of the file cache's working set: the same names and types, made by SQL. */
import type { TestPostgres } from './server';

export const WORKING_SET = 'neon.lfc_approximate_working_set_size_seconds';

/** @param body an expression of `duration`, in seconds */
export const offerWorkingSet = async (server: TestPostgres, body: string, name = WORKING_SET): Promise<void> => {
  await server.query('CREATE SCHEMA IF NOT EXISTS neon');
  await server.query(
    `CREATE OR REPLACE FUNCTION ${name}(duration integer DEFAULT NULL) RETURNS integer
       LANGUAGE plpgsql AS $$ BEGIN RETURN ${body}; END $$`,
  );
};

export const withdrawWorkingSet = (server: TestPostgres): Promise<unknown> =>
  server.query('DROP SCHEMA IF EXISTS neon CASCADE');
