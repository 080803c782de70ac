/** Whom libpq logs in as where the connection string names nobody. pg would ask USER, which a service does not have. */
import { userInfo } from 'node:os';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';

const NOBODY = 'no user= in it, PGUSER is not set, and the user that we run as has no name';

/** Left: nobody. The parameters are for tests. */
export const defaultUser = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
  runsAs: () => string = () => userInfo().username,
): Either<string, string> => {
  const { PGUSER: named } = environment;
  if (named !== undefined && named !== '') return E.right(named);
  // It throws where the password database does not know our uid.
  return E.mapLeft(() => NOBODY)(E.tryCatch(runsAs, String));
};
