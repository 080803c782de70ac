/** Connection strings of Postgres in both forms of libpq. Passwords are found here and nowhere else. */
import * as E from 'fp-ts/Either';
import { HIDDEN } from '../../../../machines/shared/config/flag';
import { pairsComplaint, urlComplaint } from './dsn-keywords';
import { decoded, dsnPairs, URL_FORM, urlParts, type Pair } from './dsn-pairs';
import type { TextReader } from '../../../../machines/shared/config/texts/text-reader';

const SECRET_KEYS: ReadonlySet<string> = new Set(['password', 'sslpassword']);

/** From the first colon of the user part to the last @: rather too much than a piece of a password with an @. */
const URL_PASSWORD = /^(\w+:\/\/[^:@]*:)(.*)(?=@)/s;
const URL_PARAMETER = /([?&])([^=&]*)=([^&]*)/g;
/** Taken is what pg and we can do; all else that libpq knows is refused with its name. */
export const dsn: TextReader<string> = (text) => {
  const isUrl = URL_FORM.test(text);
  const pairs = isUrl ? [] : dsnPairs(text);
  if (pairs === null)
    return E.left('postgresql://user@host/db or key=value pairs such as host=localhost user=postgres');
  const { places, parameters } = urlParts(text);
  const complaint = isUrl ? urlComplaint(places, parameters) : pairsComplaint(pairs);
  return complaint === null ? E.right(text) : E.left(complaint);
};

/** Keys may be percent-encoded; an odd one is taken for a secret. */
const isSecretKey = (key: string): boolean => SECRET_KEYS.has(key.toLowerCase()) || key.includes('%');

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
