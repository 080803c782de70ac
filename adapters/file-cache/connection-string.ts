/**
 * One URL for pg from both forms of libpq's connection strings. What the parameters mean is libpq's
 * ("Connection Strings" in PostgreSQL's manual), not pg's, wherever the two differ.
 */
import { dsnPairs } from '../config/texts/dsn';

/** pg knows these keys of libpq by other names. */
const PG_NAMES: Readonly<Record<string, string>> = { hostaddr: 'host' };

const urlOfPairs = (pairs: readonly (readonly [string, string])[]): string => {
  const { dbname = '', ...rest } = Object.fromEntries(pairs);
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) parameters.set(PG_NAMES[key] ?? key, value);
  return `postgresql:///${encodeURIComponent(dbname)}?${parameters.toString()}`;
};

/** "Encrypt if the server can": pg would insist on it, and a Unix socket never can. */
const OPTIONAL_TLS = /([?&]sslmode=)(?:prefer|allow)(?=&|$)/;

/** The URL for pg. What is neither form is handed on as it is, and pg says what is wrong with it. */
export const pgUrl = (dsn: string): string => {
  const pairs = dsnPairs(dsn);
  const url = (pairs === null ? dsn.trim() : urlOfPairs(pairs)).replace(OPTIONAL_TLS, '$1disable');
  // libpq's sslmode=require encrypts and does not verify; without this pg verifies and warns on stderr.
  return `${url}${url.includes('?') ? '&' : '?'}uselibpqcompat=true`;
};
