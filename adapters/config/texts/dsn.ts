/**
 * Connection strings of Postgres in both forms of libpq ("Connection Strings" in its manual):
 * `postgresql://user:password@host/db?key=value` and `host=localhost user=postgres password=...`.
 * Passwords are found here and nowhere else.
 */
import * as E from 'fp-ts/Either';
import { HIDDEN } from '../../logging/redact';
import type { TextReader } from './text-reader';

const SECRET_KEYS: ReadonlySet<string> = new Set(['password', 'sslpassword']);

const URL_FORM = /^postgres(?:ql)?:\/\//i;
/** From the first colon of the user part to the last @: rather too much than a piece of a password with an @. */
const URL_PASSWORD = /^(\w+:\/\/[^:@]*:)(.*)(?=@)/s;
const URL_PARAMETER = /([?&])([^=&]*)=([^&]*)/g;
/** key = value, where the value may be quoted and a backslash takes away the meaning of the next character. */
const PAIR = /\s*([A-Za-z_]\w*)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*)?)(?=\s|$)/sy;

type Pair = readonly [key: string, value: string];

/** The pairs of the `key=value` form, or null where the text is not of this form. */
export const dsnPairs = (text: string): readonly Pair[] | null => {
  const trimmed = text.trim();
  const pairs: Pair[] = [];
  const pair = new RegExp(PAIR);
  while (pair.lastIndex < trimmed.length) {
    const found = pair.exec(trimmed);
    if (found === null) return null;
    const [, key = '', quoted, plain = ''] = found;
    pairs.push([key, (quoted ?? plain).replace(/\\(.)/gs, '$1')]);
  }
  return pairs.length > 0 ? pairs : null;
};

export const dsn: TextReader<string> = (text) =>
  URL_FORM.test(text) || dsnPairs(text) !== null
    ? E.right(text)
    : E.left('postgresql://user@host/db or key=value pairs such as host=localhost user=postgres');

/** Keys may be percent-encoded; an odd one is taken for a secret. */
const isSecretKey = (key: string): boolean => SECRET_KEYS.has(key.toLowerCase()) || key.includes('%');

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const urlSecrets = (url: string): readonly string[] => {
  const parameters = [...url.matchAll(URL_PARAMETER)].filter(([, , key = '']) => isSecretKey(key));
  return [URL_PASSWORD.exec(url)?.[2] ?? '', ...parameters.map(([, , , value = '']) => value)];
};

const redactUrl = (url: string): string =>
  url
    .replace(URL_PASSWORD, (_, before: string) => before + HIDDEN)
    .replace(URL_PARAMETER, (all, mark: string, key: string) => (isSecretKey(key) ? `${mark}${key}=${HIDDEN}` : all));

const quote = (value: string): string =>
  /^[^\s'\\]+$/.test(value) ? value : `'${value.replace(/['\\]/g, (character) => `\\${character}`)}'`;

const redactPairs = (pairs: readonly Pair[]): string =>
  pairs.map(([key, value]) => `${key}=${isSecretKey(key) ? HIDDEN : quote(value)}`).join(' ');

/** The same connection string without passwords. What cannot be read is hidden whole. */
export const redactDsn = (text: string): string => {
  if (URL_FORM.test(text)) return redactUrl(text);
  const pairs = dsnPairs(text);
  return pairs === null ? HIDDEN : redactPairs(pairs);
};

/** The passwords in a connection string, as written and as Postgres gets them. */
export const dsnSecrets = (text: string): readonly string[] => {
  const raw = URL_FORM.test(text)
    ? urlSecrets(text)
    : (dsnPairs(text) ?? []).filter(([key]) => isSecretKey(key)).map(([, value]) => value);
  return [...new Set(raw.flatMap((secret) => [secret, decoded(secret)]))].filter((secret) => secret !== '');
};
