/** What is sent to Postgres, and how its answers are read. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import * as t from 'io-ts';
import { nullable } from '../../../machines/shared/events/nullable';
import { integerFrom, requireAllowed } from '../../../machines/shared/check';
import type { Statement } from './session';

/** Windows of 1 to 60 minutes, which is what neon's estimate reaches back. */
export const WORKING_SET_WINDOWS = 60;
/**
 * The server itself gives up the estimate then, so that a slow one costs neither the connection nor a
 * resize that waits behind it more than this.
 */
const WORKING_SET_SERVER_MS = 400;
/** The server itself gives up then to find who waits for whom; it is asked four times a second during a throttle. */
const WAITING_SERVER_MS = 400;
/** Sessions that are looked at: one that waits is enough to know, and each look takes a short lock of all lock tables. */
const WAITING_LOOKED_AT = 16;

/** Settings of neon's extension; both in MB. */
export const LIMIT = 'neon.file_cache_size_limit';
export const MAXIMUM = 'neon.max_file_cache_size';

/** pg gives an int8 as a string, for it may exceed what a number holds; ours are sizes. */
const Int8 = new t.Type<number, string, unknown>(
  'int8',
  t.number.is,
  (input, context) =>
    pipe(
      t.string.validate(input, context),
      E.filterOrElse(
        (text) => /^\d+$/.test(text) && Number.isSafeInteger(Number(text)),
        (text): t.Errors => [{ value: text, context }],
      ),
      E.map(Number),
    ),
  String,
);

const statement = <Rows>(text: string, rows: t.Type<Rows, unknown>): Statement<Rows> => ({ text, rows });

export const readSize = (setting: string): Statement<[{ bytes: number }]> =>
  statement(`SELECT pg_size_bytes(current_setting('${setting}')) AS bytes`, t.tuple([t.type({ bytes: Int8 })]));

const Setting = t.type({ name: t.string, unit: nullable(t.string), context: t.string, files: t.boolean });
export type Setting = t.TypeOf<typeof Setting>;

/**
 * Placeholders (names in the configuration that no extension has defined) are hidden from
 * pg_settings: with them everything below would be accepted and mean nothing.
 * `files`: whether READ_MAXIMUM_AT_RESTART is allowed.
 */
export const DESCRIBE_SETTINGS = statement(
  `SELECT name, unit, context, has_function_privilege('pg_show_all_file_settings()', 'EXECUTE') AS files
           FROM pg_settings WHERE name IN ('${LIMIT}', '${MAXIMUM}')`,
  t.readonlyArray(Setting),
);

/** Null where the server does not know the limit; the text of a placeholder; refused where we may not see it. */
export const LOOK_AT_LIMIT = statement(
  `SELECT current_setting('${LIMIT}', true) AS value`,
  t.tuple([t.type({ value: nullable(t.string) })]),
);

/**
 * The maximum that stands in the configuration files; the last entry counts. A bare number is in MB.
 * No row where the files do not say, or the command line says otherwise.
 */
export const READ_MAXIMUM_AT_RESTART = statement(
  `SELECT pg_size_bytes(file.setting || CASE WHEN file.setting ~ '^[0-9. ]+$' THEN 'MB' ELSE '' END) AS bytes
           FROM pg_show_all_file_settings() AS file JOIN pg_settings AS running USING (name)
          WHERE name = '${MAXIMUM}' AND running.source <> 'command line' ORDER BY seqno DESC LIMIT 1`,
  t.readonlyArray(t.type({ bytes: Int8 })),
);

/** neon's estimates of the working set, newest name first; both take the window in seconds. */
const WorkingSetFunction = t.keyof({
  'neon.lfc_approximate_working_set_size_seconds': null,
  'neon.approximate_working_set_size_seconds': null,
});
type WorkingSetFunction = t.TypeOf<typeof WorkingSetFunction>;
export const WORKING_SET_FUNCTIONS = Object.keys(WorkingSetFunction.keys);

/** Null where the server has neither; refused where we may not look into the schema. */
export const FIND_WORKING_SET = statement(
  `SELECT CASE ${WORKING_SET_FUNCTIONS.map(
    (name) => `WHEN to_regprocedure('${name}(integer)') IS NOT NULL THEN '${name}'`,
  ).join(' ')} END AS name`,
  t.tuple([t.type({ name: nullable(WorkingSetFunction) })]),
);

/**
 * Two statements in one text are one transaction, so that the time-out is over with it, also when it struck.
 * From PostgreSQL 13 on each statement is timed by itself; before, ours is the only deadline.
 */
export const readWorkingSet = (name: WorkingSetFunction): Statement<readonly { pages: number | null }[]> =>
  statement(
    `SET LOCAL statement_timeout = ${WORKING_SET_SERVER_MS};
         SELECT ${name}(60 * minutes)::int8 AS pages
           FROM generate_series(1, ${WORKING_SET_WINDOWS}) AS minutes ORDER BY minutes LIMIT ${WORKING_SET_WINDOWS}`,
    t.readonlyArray(t.type({ pages: nullable(Int8) })),
  );

const PID = integerFrom(1);

/**
 * Of the sessions that wait for a lock, at most WAITING_LOOKED_AT, those for whom one of the processes is in the way.
 * RangeError for what is no pid. (Every role may see pg_locks; of pg_stat_activity it would see its own rows only.)
 */
export const countWaiting = (pids: readonly number[]): Statement<[{ waiting: number }]> => {
  for (const pid of pids) requireAllowed('pid', pid, PID);
  return statement(
    `SET LOCAL statement_timeout = ${WAITING_SERVER_MS};
           SELECT count(*) AS waiting
             FROM (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted LIMIT ${WAITING_LOOKED_AT}) AS waiter
            WHERE pg_blocking_pids(pid) && '{${pids.join()}}'::int[]`,
    t.tuple([t.type({ waiting: Int8 })]),
  );
};

const MIB_COUNT = integerFrom(0);

/**
 * ALTER SYSTEM takes no bind parameters, so the number is checked here (RangeError for anything but an
 * integer >= 0). A bare number is in the setting's own unit, MB.
 */
export const alterLimit = (mib: number): Statement<unknown> => {
  requireAllowed('mib', mib, MIB_COUNT);
  return statement(`ALTER SYSTEM SET ${LIMIT} = ${mib.toFixed(0)}`, t.unknown);
};

/** A query of its own: with ALTER SYSTEM in one text both would run in a transaction, which it cannot. */
export const RELOAD = statement('SELECT pg_reload_conf() AS told', t.tuple([t.type({ told: t.literal(true) })]));
