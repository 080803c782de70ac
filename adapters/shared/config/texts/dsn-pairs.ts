/**
 * The two forms of libpq's connection strings ("Connection Strings" in PostgreSQL's manual), taken apart:
 * `postgresql://user:password@host/db?key=value` and `host=localhost user=postgres password=...`.
 */

export type Pair = readonly [key: string, value: string];

export const URL_FORM = /^postgres(?:ql)?:\/\//i;

/** key = value, where the value may be quoted and a backslash takes away the meaning of the next character. */
const PAIR = /\s*([A-Za-z_]\w*)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*)?)(?=\s|$)/sy;

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

/** Percent-encoding taken off, where it is one. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** What stands in a URL under a name of its own place, and what follows the question mark. */
export interface UrlParts {
  readonly places: readonly Pair[];
  readonly parameters: readonly Pair[];
}

/** Each part ends where the next one can begin, so nothing is tried twice. */
const PARTS = /^\w+:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?(.*))?/s;
/** `host:port`, where the host may be an IPv6 address in brackets. */
const HOST_PORT = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s;

/** Splits at the first `mark`; without one all is before it. */
const splitAt = (text: string, mark: string): Pair => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
};

/** The parts of a text of the URL form; a password is not among them. Empty ones are left out. */
export const urlParts = (text: string): UrlParts => {
  const [, authority = '', dbname = '', query = ''] = PARTS.exec(text.trim()) ?? [];
  const at = authority.lastIndexOf('@');
  const [user] = splitAt(authority.slice(0, Math.max(0, at)), ':');
  const hosts = authority.slice(at + 1);
  // Of several hosts each may have a port: they are for whoever refuses them.
  const [, host = '', port = ''] = hosts.includes(',') ? ['', hosts] : (HOST_PORT.exec(hosts) ?? []);
  const places = Object.entries({ user, host, port, dbname }).filter(([, value]) => value !== '');
  return {
    places: places.map(([key, value]) => [key, decoded(value)]),
    parameters: query
      .split('&')
      .filter((parameter) => parameter !== '')
      .map((parameter) => splitAt(parameter, '='))
      .map(([key, value]) => [decoded(key), decoded(value)]),
  };
};
