/**
 * One URL for pg from both forms of libpq's connection strings. What the parameters mean is libpq's
 * ("Connection Strings" in PostgreSQL's manual), not pg's, wherever the two differ.
 */
import { userInfo } from 'node:os';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { dsnPairs, urlParts, type Pair } from '../../shared/config/texts/dsn-pairs';

const NOBODY = 'no user= in it, PGUSER is not set, and the user that we run as has no name';

/**
 * Whom libpq logs in as where the connection string names nobody. pg would ask USER, which a service does not have.
 * The parameters are for tests.
 */
export const defaultUser = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
  runsAs: () => string = () => userInfo().username,
): Either<string, string> => {
  const { PGUSER: named } = environment;
  if (named !== undefined && named !== '') return E.right(named);
  // It throws where the password database does not know our uid.
  return E.mapLeft(() => NOBODY)(E.tryCatch(runsAs, String));
};

/** pg knows these keys of libpq by other names. */
const PG_NAMES: Readonly<Record<string, string>> = { hostaddr: 'host' };

const urlOfPairs = (pairs: readonly Pair[]): string => {
  const { dbname = '', ...rest } = Object.fromEntries(pairs);
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) parameters.set(PG_NAMES[key] ?? key, value);
  return `postgresql:///${encodeURIComponent(dbname)}?${parameters.toString()}`;
};

/** Words of libpq in a URL, and what pg needs for them. */
const TRANSLATIONS: readonly (readonly [RegExp, string])[] = [
  [/([?&])hostaddr=/g, '$1host='],
  // pg would verify the certificate; JDBC's word means sslmode=require.
  [/([?&])ssl=true(?=&|$)/, '$1sslmode=require'],
  // "Encrypt if the server can": pg would insist on it, and a Unix socket never can.
  [/([?&]sslmode=)(?:prefer|allow)(?=&|$)/, '$1disable'],
];

const translated = (url: string): string =>
  TRANSLATIONS.reduce((text, [word, meaning]) => text.replace(word, meaning), url);

const withParameter = (url: string, parameter: string): string => `${url}${url.includes('?') ? '&' : '?'}${parameter}`;

const namesUser = (pairs: readonly Pair[]): boolean => pairs.some(([key, value]) => key === 'user' && value !== '');

/**
 * The URL for pg. What is neither form is handed on as it is, and pg says what is wrong with it.
 * @param defaultUser whom to log in as where the string names nobody; Left: why there is nobody
 */
export const pgUrl = (dsn: string, defaultUser: () => Either<string, string>): Either<string, string> => {
  const pairs = dsnPairs(dsn);
  const { places, parameters } = urlParts(dsn);
  const url = translated(pairs === null ? dsn.trim() : urlOfPairs(pairs));
  // libpq's sslmode=require encrypts and does not verify; without this pg verifies and warns on stderr.
  const complete = (text: string): string => withParameter(text, 'uselibpqcompat=true');
  if (namesUser(pairs ?? [...places, ...parameters])) return E.right(complete(url));
  return E.map((user: string) => complete(withParameter(url, `user=${encodeURIComponent(user)}`)))(defaultUser());
};
